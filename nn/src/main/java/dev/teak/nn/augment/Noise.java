package dev.teak.nn.augment;

import dev.teak.engine.Shape;

/** Adds Gaussian noise of a standard deviation to each value, and clips the sum to 0..1. */
public record Noise(double sigma) implements Augmentation {
  /** Rejects a deviation that is not above 0. */
  public Noise {
    if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sigma: " + sigma + " must be above 0");
    }
  }

  @Override
  public void apply(float[] pixels, int at, Shape image, Draws draws) {
    for (int i = at; i < at + image.size(); i++) {
      pixels[i] = (float) Math.min(1, Math.max(0, pixels[i] + sigma * draws.normal()));
    }
  }
}
