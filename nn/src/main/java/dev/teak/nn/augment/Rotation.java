package dev.teak.nn.augment;

import dev.teak.engine.Shape;
import java.util.Arrays;

/**
 * Turns the image about its middle by an angle drawn from {@code -degrees..degrees}: bilinear
 * between pixels, black beyond the edge.
 */
public record Rotation(double degrees) implements Augmentation {
  /** Rejects angles that are not in 0..180. */
  public Rotation {
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new IllegalArgumentException("degrees: " + degrees + " must be in 0..180");
    }
  }

  @Override
  public void apply(float[] pixels, int at, Shape image, Draws draws) {
    double angle = Math.toRadians((2 * draws.uniform() - 1) * degrees);
    double cos = StrictMath.cos(angle); // the same bits on every machine
    double sin = StrictMath.sin(angle);
    float[] before = Arrays.copyOfRange(pixels, at, at + image.size());
    int width = image.dim(1);
    double middleX = (width - 1) / 2.0;
    double middleY = (image.dim(0) - 1) / 2.0;
    for (int y = 0; y < image.dim(0); y++) {
      for (int x = 0; x < width; x++) {
        double fromX = middleX + cos * (x - middleX) - sin * (y - middleY);
        double fromY = middleY + sin * (x - middleX) + cos * (y - middleY);
        for (int c = 0; c < image.dim(2); c++) {
          pixels[at + (y * width + x) * image.dim(2) + c] = between(before, image, fromY, fromX, c);
        }
      }
    }
  }

  private static float between(float[] from, Shape image, double y, double x, int c) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    double upper =
        (1 - right) * at(from, image, top, left, c) + right * at(from, image, top, left + 1, c);
    double lower =
        (1 - right) * at(from, image, top + 1, left, c)
            + right * at(from, image, top + 1, left + 1, c);
    return (float) ((1 - down) * upper + down * lower);
  }

  private static float at(float[] from, Shape image, int y, int x, int c) {
    boolean inside = y >= 0 && y < image.dim(0) && x >= 0 && x < image.dim(1);
    return inside ? from[(y * image.dim(1) + x) * image.dim(2) + c] : 0;
  }
}
