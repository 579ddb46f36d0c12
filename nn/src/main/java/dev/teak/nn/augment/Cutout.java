package dev.teak.nn.augment;

import dev.teak.engine.Shape;
import java.util.Arrays;

/**
 * A square of {@code size} pixels with its middle anywhere in the image is black; the part of it
 * beyond the edge is lost (DeVries and Taylor, arXiv:1708.04552).
 */
public record Cutout(int size) implements Augmentation {
  /** Rejects less than one pixel. */
  public Cutout {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " must be 1 or more");
    }
  }

  @Override
  public void apply(float[] pixels, int at, Shape image, Draws draws) {
    int top = draws.below(image.dim(0)) - size / 2;
    int left = draws.below(image.dim(1)) - size / 2;
    int channels = image.dim(2);
    int from = Math.max(0, left);
    int to = Math.min(image.dim(1), left + size);
    for (int y = Math.max(0, top); y < Math.min(image.dim(0), top + size); y++) {
      int row = at + y * image.dim(1) * channels;
      Arrays.fill(pixels, row + from * channels, row + to * channels, 0);
    }
  }
}
