package dev.teak.lab.paper;

import java.util.List;
import java.util.Map;

/**
 * What the paper on dynamic feature masking and a curriculum prints of CIFAR-10, accuracies 0..1
 * with attacks at 0.08, and what others have published of robust ResNets.
 */
final class DfmclFigures {
  /**
   * A row of its table.
   *
   * @param recipe of the experiment
   * @param pgd under PGD of 20 steps
   */
  record Row(String recipe, double clean, double fgsm, double pgd) {}

  static final List<Row> ROWS =
      List.of(
          new Row(Dfmcl.STANDARD, 0.941, 0.652, 0.487),
          new Row(Dfmcl.FGSM_TRAINING, 0.925, 0.821, 0.685),
          new Row(Dfmcl.PGD_TRAINING, 0.918, 0.789, 0.632),
          new Row(Dfmcl.DFMCL, 0.937, 0.885, 0.761));

  /** How a reading of the mask differs from the paper's text. */
  static final Map<String, String> READINGS =
      Map.of(
          "DFMCL pseudocode", "keeps with probability p",
          "DFMCL calibrated", "gradients over their mean, and a learned bias",
          "DFMCL relaxed", "alpha's gradient through a relaxed draw",
          "DFMCL rescaled", "what is kept is divided by its probability",
          "DFMCL masked at test", "masks are drawn at test time too");

  /**
   * A ResNet-18 without further images, as RobustBench lists it (Croce et al. 2021): CIFAR-10,
   * AutoAttack at 8/255.
   */
  record Published(String training, double clean, double autoattack) {}

  static final List<Published> PUBLISHED =
      List.of(
          new Published(
              "one step, with GradAlign (Andriushchenko and Flammarion, NeurIPS 2020)",
              0.7984,
              0.4393),
          new Published(
              "several steps and strong augmentation (Addepalli et al., NeurIPS 2022)",
              0.8571,
              0.5248));

  /** The epsilon of these. */
  static final double PUBLISHED_EPSILON = 8 / 255.0;

  private DfmclFigures() {}

  /** Its row of a recipe; null where it prints none. */
  static Row row(String recipe) {
    return ROWS.stream().filter(r -> r.recipe.equals(recipe)).findFirst().orElse(null);
  }
}
