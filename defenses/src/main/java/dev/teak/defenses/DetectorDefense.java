package dev.teak.defenses;

import dev.teak.nn.Module;
import java.io.IOException;

/**
 * A defense that tells attacked images from others by a score beside the logits: above a threshold
 * they count as attacked. Whoever knows of it attacks model and detector as one ({@link
 * Defended#victim}).
 */
public interface DetectorDefense extends Defense {
  /** Share of the training examples that are taken for attacked, 0..1. */
  double falsePositiveRate();

  /**
   * Its score, {@code [N, H, W, C]} to {@code [N]}, high for attacked images and with a gradient
   * where there is one; what it has learned is its state.
   *
   * @param trainee has the model, which the score may ask but is no part of it; in eval mode
   *     whenever the score is asked
   */
  Module score(Trainee trainee);

  /**
   * Learns what the score must know, once the model is trained. Most have nothing to learn: the
   * threshold is found for them.
   *
   * @param score of {@link #score}
   * @throws IOException if a checkpoint cannot be read or written
   */
  default void fit(Module score, Fitting fitting) throws IOException {}
}
