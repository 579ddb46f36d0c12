package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In double precision, on the reference backend. */
class ImageQualityTest {
  private Devices.Use use;

  @BeforeEach
  void onReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void done() {
    use.close();
  }

  private static Tensor images(String name, int... dims) {
    return new RandomStream(7, name).uniform(Shape.of(dims));
  }

  /** By the definition, window after window, with deviations from the window's own mean. */
  private static double ssim(double[] x, double[] y, int h, int w, int c, double range) {
    double total = 0;
    int windows = 0;
    for (int top = 0; top + 11 <= h; top++) {
      for (int left = 0; left + 11 <= w; left++) {
        for (int channel = 0; channel < c; channel++, windows++) {
          double[] s = new double[6]; // of weights, x, y, x x, y y, x y
          for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < 121; i++) {
              double v = i / 11 - 5;
              double u = i % 11 - 5;
              double weight = Math.exp(-(v * v + u * u) / 4.5) / (pass == 0 ? 1 : s[0]);
              int at = ((top + i / 11) * w + left + i % 11) * c + channel;
              s[0] += pass == 0 ? weight : 0;
              double dx = pass == 0 ? x[at] : x[at] - s[1] / s[0];
              double dy = pass == 0 ? y[at] : y[at] - s[2] / s[0];
              s[1] += pass == 0 ? weight * dx : 0;
              s[2] += pass == 0 ? weight * dy : 0;
              s[3] += pass == 0 ? 0 : weight * dx * dx;
              s[4] += pass == 0 ? 0 : weight * dy * dy;
              s[5] += pass == 0 ? 0 : weight * dx * dy;
            }
          }
          double mx = s[1] / s[0];
          double my = s[2] / s[0];
          double c1 = Math.pow(0.01 * range, 2);
          double c2 = Math.pow(0.03 * range, 2);
          total +=
              (2 * mx * my + c1)
                  * (2 * s[5] + c2)
                  / ((mx * mx + my * my + c1) * (s[3] + s[4] + c2));
        }
      }
    }
    return total / windows;
  }

  @Test
  void structuralSimilarityIsThatOfItsDefinition() {
    Tensor x = images("x", 1, 14, 13, 2).mul(255);
    Tensor y = x.add(images("y", 1, 14, 13, 2).mul(60));
    double expected = ssim(x.toDoubles(), y.toDoubles(), 14, 13, 2, 255);
    assertEquals(expected, ImageQuality.ssim(x, y, 255).item(), 1e-12);
  }

  @Test
  void equalImagesAreMostSimilarAndTheirGradientIsZero() {
    Tensor x = images("x", 2, 11, 12, 3);
    Tensor y = x.detach().requiresGrad(true);
    Tensor s = ImageQuality.ssim(x, y, 1);
    assertArrayEquals(new double[] {1, 1}, s.toDoubles(), 1e-14);
    assertEquals(0, Autograd.grad(s.sum(), y).abs().max().item(), 1e-12);
  }

  @Test
  void eachImageIsComparedWithItsOwn() {
    Tensor x = images("x", 2, 12, 12, 1);
    Tensor y = Tensor.concat(0, java.util.List.of(x.rows(0, 1), images("y", 1, 12, 12, 1)));
    double[] s = ImageQuality.ssim(x, y, 1).toDoubles();
    assertEquals(1, s[0], 1e-14);
    assertTrue(s[1] < 0.5, "noise against noise: " + s[1]);
  }

  @Test
  void noiseIsMeasuredInDecibel() {
    Tensor x = Tensor.zeros(3, 2, 2, 1);
    Tensor y = Tensor.of(new double[] {1, 1, 1, 1, 51, 0, 0, 0, 0, 0, 0, 0}, 3, 2, 2, 1);
    double[] expected = {
      20 * Math.log10(255), 10 * Math.log10(4 * 25), Double.POSITIVE_INFINITY // 255 / 51 = 5
    };
    assertArrayEquals(expected, ImageQuality.psnr(x, y, 255).toDoubles(), 1e-12);
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    Tensor small = Tensor.zeros(1, 10, 20, 1);
    Tensor other = Tensor.zeros(1, 20, 10, 1);
    assertTrue(message(() -> ImageQuality.ssim(small, small, 1)).contains("[1, 10, 20, 1]"));
    assertTrue(message(() -> ImageQuality.psnr(small, other, 1)).contains("[1, 20, 10, 1]"));
    assertTrue(message(() -> ImageQuality.psnr(small, small, 0)).contains("data range 0"));
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
