package dev.teak.nn.augment;

import dev.teak.engine.Shape;
import java.util.Arrays;

/**
 * Lays {@code padding} zeros around the image and cuts out a part of its old size anywhere: the
 * image moves by up to so many pixels.
 */
public record Crop(int padding) implements Augmentation {
  /** Rejects less than one pixel. */
  public Crop {
    if (padding < 1) {
      throw new IllegalArgumentException("padding: " + padding + " must be 1 or more");
    }
  }

  @Override
  public void apply(float[] pixels, int at, Shape image, Draws draws) {
    int down = draws.below(2 * padding + 1) - padding;
    int right = draws.below(2 * padding + 1) - padding;
    int height = image.dim(0);
    int width = image.dim(1);
    int channels = image.dim(2);
    float[] before = Arrays.copyOfRange(pixels, at, at + image.size());
    Arrays.fill(pixels, at, at + image.size(), 0);
    int first = Math.max(0, -right); // of a row, what is in sight
    int count = width - Math.abs(right);
    for (int y = Math.max(0, down); y < Math.min(height, height + down) && count > 0; y++) {
      int from = ((y - down) * width + first) * channels;
      int to = at + (y * width + first + right) * channels;
      System.arraycopy(before, from, pixels, to, count * channels);
    }
  }
}
