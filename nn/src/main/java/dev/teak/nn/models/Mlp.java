package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;

/** Flatten, dense 256, relu, dense 128, relu, dense. */
public record Mlp() implements Architecture {
  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    return new Sequential(
        Layers.flatten(),
        new Linear(image.size(), 256, init),
        Layers.relu(),
        new Linear(256, 128, init),
        Layers.relu(),
        new Linear(128, classes, init));
  }
}
