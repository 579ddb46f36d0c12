package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.ResNet;

/**
 * ResNet-18 (He et al. 2016) in its form for images of about 32 x 32: 11.2 million parameters at
 * its full width.
 *
 * @param width channels of the first of the four stages, 64 in the paper; each later one has twice
 *     as many
 */
public record ResNet18(int width) implements Architecture {
  /** Rejects a width below 1. */
  public ResNet18 {
    if (width < 1) {
      throw new IllegalArgumentException("width: " + width + ": must be 1 or more");
    }
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    return new ResNet(image.dim(2), classes, width, init, 2, 2, 2, 2);
  }
}
