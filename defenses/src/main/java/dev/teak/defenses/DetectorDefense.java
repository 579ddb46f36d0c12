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
   * Its score, {@code [N, H, W, C]} to {@code [N]}, high for attacked images and with the gradient
   * that it has; what it has learned is its state.
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

  /**
   * The score as whoever knows of it follows it: with the same values, and with a gradient that
   * leads past it. That is its own, unless that is zero or misleads; then that of a stand-in
   * ({@link dev.teak.engine.Surrogate}).
   *
   * @param trainee with the model as it is attacked through itself
   * @param score of {@link #score} for this trainee, with what it has learned
   */
  default Module attackedThrough(Trainee trainee, Module score) {
    return score;
  }
}
