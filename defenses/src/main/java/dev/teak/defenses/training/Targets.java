package dev.teak.defenses.training;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import dev.teak.nn.train.Batch;

/** What a batch aims at, as probabilities. */
final class Targets {
  private Targets() {}

  /**
   * The targets as probabilities {@code [N, classes]}: 1 for the class where they are classes.
   *
   * @throws IllegalArgumentException if the targets are something else, such as images
   */
  static Tensor probabilities(String defense, Batch batch, int classes) {
    Tensor targets = batch.targets();
    if (targets.shape().rank() == 1) {
      return Functional.oneHot(targets, classes);
    }
    if (targets.shape().rank() != 2 || targets.shape().dim(1) != classes) {
      throw new IllegalArgumentException(
          defense
              + ": targets "
              + targets.shape()
              + " of a batch; it needs classes [N] or probabilities [N, "
              + classes
              + "]");
    }
    return targets;
  }
}
