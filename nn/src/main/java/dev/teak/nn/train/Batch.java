package dev.teak.nn.train;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;

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

  /** The shapes: {@code 64 images [28, 28, 1] with their classes}. */
  @Override
  public String toString() {
    int[] dims = images.shape().dims();
    Shape image = Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
    return dims[0]
        + " images "
        + image
        + (targets == labels ? " with their classes" : " with targets " + targets.shape());
  }
}
