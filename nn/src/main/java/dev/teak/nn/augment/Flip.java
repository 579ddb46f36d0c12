package dev.teak.nn.augment;

import dev.teak.engine.Shape;

/** Exchanges left and right, with a chance of one half. */
public record Flip() implements Augmentation {
  @Override
  public void apply(float[] pixels, int at, Shape image, Draws draws) {
    if (draws.below(2) == 0) {
      return;
    }
    int width = image.dim(1);
    int channels = image.dim(2);
    for (int row = at; row < at + image.size(); row += width * channels) {
      for (int x = 0; x < width / 2; x++) {
        int left = row + x * channels;
        int right = row + (width - 1 - x) * channels;
        for (int c = 0; c < channels; c++) {
          float swap = pixels[left + c];
          pixels[left + c] = pixels[right + c];
          pixels[right + c] = swap;
        }
      }
    }
  }
}
