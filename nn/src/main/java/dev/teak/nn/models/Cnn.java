package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;

/** Conv 32 3x3, relu, max-pool 2, conv 64 3x3, relu, max-pool 2, flatten, dense; padding 1. */
public record Cnn() implements Architecture {
  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    if (image.dim(0) < 4 || image.dim(1) < 4) {
      throw new IllegalArgumentException(
          "cnn: images " + image + " are too small; two poolings need 4 x 4 or more");
    }
    int flat = image.dim(0) / 4 * (image.dim(1) / 4) * 64;
    return new Sequential(
        Conv2d.of(image.dim(2), 32, 3).padding(1).init(init),
        Layers.relu(),
        Layers.maxPool2d(2),
        Conv2d.of(32, 64, 3).padding(1).init(init),
        Layers.relu(),
        Layers.maxPool2d(2),
        Layers.flatten(),
        new Linear(flat, classes, init));
  }
}
