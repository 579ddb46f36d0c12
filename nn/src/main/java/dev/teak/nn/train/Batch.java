package dev.teak.nn.train;

import dev.teak.engine.Tensor;

/**
 * What a step learns from.
 *
 * @param images {@code [N, H, W, C]}
 * @param labels true classes, INT32 {@code [N]}
 * @param targets what the objective aims at: the labels, probabilities {@code [N, classes]}, or for
 *     a model that gives images, images
 */
public record Batch(Tensor images, Tensor labels, Tensor targets) {
  /** Images and their classes. */
  public static Batch of(Tensor images, Tensor labels) {
    return new Batch(images, labels, labels);
  }

  /** With other images of the same classes. */
  public Batch images(Tensor other) {
    return new Batch(other, labels, targets);
  }

  /** With something else to aim at. */
  public Batch targets(Tensor other) {
    return new Batch(images, labels, other);
  }
}
