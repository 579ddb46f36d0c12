package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FitTest {
  @Test
  void anImageOfTheRightSizeIsLeftAsItIs() {
    float[] pixels = {1, 2, 3, 4, 5, 6, 7, 8};
    assertArrayEquals(pixels, new Fit(2, 2).of(pixels, 2, 2, 2));
  }

  @Test
  void withoutScalingTheMiddleIsCutOut() {
    float[] pixels = new float[4 * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i;
    }
    assertArrayEquals(new float[] {8, 9, 14, 15}, new Fit(4, 2).of(pixels, 4, 6, 1));
    assertArrayEquals(
        new float[] {1, 2, 3, 4, 7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22},
        new Fit(4, 4).of(pixels, 4, 6, 1));
  }

  @Test
  void aFlatImageStaysFlatAtEverySize() {
    for (int[] extents : new int[][] {{7, 7}, {5, 13}, {31, 8}, {100, 75}}) {
      for (int size : new int[] {1, 3, 7, 20}) {
        float[] flat = new float[extents[0] * extents[1] * 3];
        Arrays.fill(flat, 200);
        float[] fitted = new Fit(size + 2, size).of(flat, extents[0], extents[1], 3);
        assertEquals(size * size * 3, fitted.length);
        for (float v : fitted) {
          assertEquals(200, v, 1e-3); // weights that add up to 1 within some roundings of 2^-24
        }
      }
    }
  }

  /** Half as large: a pixel is the mean of four a row, weighed 1, 3, 3, 1. */
  @Test
  void shrinkingWeighsByATriangle() {
    float[] row = {0, 0, 0, 8, 8, 8, 8, 8};
    float[] image = new float[64];
    for (int y = 0; y < 8; y++) {
      System.arraycopy(row, 0, image, 8 * y, 8);
    }
    float[] fitted = new Fit(4, 4).of(image, 8, 8, 1);
    // Of the first pixel's four one is outside: 3, 3, 1 are left.
    assertArrayEquals(new float[] {0, 5 * 0 + 8 * (3 + 1) / 8f, 8, 8}, head(fitted), 1e-5f);
  }

  private static float[] head(float... fitted) {
    return Arrays.copyOf(fitted, 4);
  }

  @Test
  void growingIsLinearBetweenPixels() {
    float[] image = {0, 4, 0, 4};
    // Twice as large: pixels at -1/4, 1/4, 3/4 and 5/4 of the way.
    assertArrayEquals(new float[] {0, 1, 3, 4}, head(new Fit(4, 4).of(image, 2, 2, 1)), 1e-5f);
  }
}
