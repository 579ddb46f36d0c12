package dev.teak.lab.paper;

import java.util.List;

/**
 * What the paper that denoises attacked digits prints of MNIST: accuracies under FGSM on the
 * classifier alone, 0..1, the noise of the autoencoder's training being as large as epsilon.
 */
final class DenoisingEnsembleFigures {
  /** The classifier on the images as they are. */
  static final double CLEAN = 0.9906;

  /**
   * A row of its table.
   *
   * @param epsilon of FGSM, and deviation of the noise
   * @param adversarial of the attacked images
   * @param reconstructed of the same after the autoencoder
   * @param folds the same, by ten folds
   */
  record Row(double epsilon, double adversarial, double reconstructed, double folds) {}

  static final List<Row> ROWS =
      List.of(
          new Row(0.1, 0.8148, 0.9621, 0.9707),
          new Row(0.2, 0.3030, 0.8988, 0.9301),
          new Row(0.3, 0.0838, 0.6804, 0.7735));

  private DenoisingEnsembleFigures() {}
}
