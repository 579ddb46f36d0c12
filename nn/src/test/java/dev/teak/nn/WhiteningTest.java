package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhiteningTest {
  private static final int FILTERS = 2 * 2 * 2 * 3;
  private Devices.Use device;

  @BeforeEach
  void inDoublePrecision() {
    device = Devices.use("reference");
  }

  @AfterEach
  void back() {
    device.close();
  }

  /** Smooth images, whose neighboring pixels and channels go together. */
  private static Tensor images(long seed) {
    Tensor noise = new RandomStream(seed, "images").uniform(Shape.of(6, 8, 8, 3), 0, 1);
    Tensor gray = noise.mean(3).unsqueeze(3);
    return noise.mul(0.2).add(gray).add(noise.roll(1, 1)).div(3);
  }

  private static Whitening layer() {
    return new Whitening(3, 2, 1e-12);
  }

  private static Tensor rows(Tensor y) {
    return y.reshape(6 * 7 * 7, FILTERS);
  }

  @Test
  void whatItGivesOfTheFirstBatchIsUncorrelatedAndOfVarianceOne() {
    Tensor y = rows(layer().forward(images(1)));
    Tensor first = y.slice(1, 0, FILTERS / 2, 1);
    assertArrayEquals(new double[FILTERS / 2], first.mean(0).toDoubles(), 1e-9);
    double[] covariance = first.transpose(0, 1).matmul(first).div(first.shape().dim(0)).toDoubles();
    assertArrayEquals(Tensor.eye(FILTERS / 2).toDoubles(), covariance, 1e-6);
  }

  /** In single precision, which leaves what is nearly constant out by a larger eps. */
  @Test
  void itIsTheSameOnJava() {
    double[] exact = new Whitening(3, 2, 1e-4).forward(images(1)).toDoubles();
    try (Devices.Use java = Devices.use("java")) {
      double[] single = new Whitening(3, 2, 1e-4).forward(images(1)).toDoubles();
      assertArrayEquals(exact, single, 1e-3);
    }
  }

  @Test
  void itsSecondHalfIsTheNegativeOfTheFirst() {
    Tensor y = rows(layer().forward(images(1)));
    assertArrayEquals(
        y.slice(1, 0, FILTERS / 2, 1).neg().toDoubles(),
        y.slice(1, FILTERS / 2, FILTERS, 1).toDoubles(),
        1e-9);
  }

  @Test
  void withoutATrainingBatchItGivesZeros() {
    Whitening layer = layer();
    layer.eval();
    assertArrayEquals(new double[6 * 7 * 7 * FILTERS], layer.forward(images(1)).toDoubles());
  }

  @Test
  void theFirstBatchSettlesIt() {
    Whitening layer = layer();
    double[] y = layer.forward(images(1)).toDoubles();
    layer.forward(images(2));
    assertArrayEquals(y, layer.forward(images(1)).toDoubles());
    layer.eval();
    assertArrayEquals(y, layer.forward(images(1)).toDoubles());
    assertTrue(layer.parameters().isEmpty());
  }

  @Test
  void filtersThatWereLoadedStay() {
    Whitening learned = layer();
    double[] y = learned.forward(images(1)).toDoubles();
    Whitening loaded = layer();
    loaded.loadStateDict(learned.stateDict());
    loaded.forward(images(2));
    assertArrayEquals(y, loaded.forward(images(1)).toDoubles());
  }

  @Test
  void imagesOfOneColorGiveZeros() {
    for (double v : layer().forward(Tensor.full(0.5, 2, 4, 4, 3)).toDoubles()) {
      assertEquals(0, v, 1e-9);
    }
  }

  @Test
  void aBatchWithNanIsRefusedAndLeavesItAsItWas() {
    Whitening layer = layer();
    Tensor bad = images(1).mul(Double.NaN);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> layer.forward(bad));
    assertEquals("whitening: the first batch has NaN or infinity in it", e.getMessage());
    Tensor y = rows(layer.forward(images(1)));
    assertEquals(1, y.slice(1, 0, 1, 1).square().mean().item(), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"0, 1e-4", "2, 0", "2, -1", "2, NaN"})
  void whatMakesNoSenseIsRefused(int kernel, double eps) {
    assertThrows(IllegalArgumentException.class, () -> new Whitening(3, kernel, eps));
  }
}
