package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Halves;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * On logits that are the pixels: the cross-entropy of class 0 has a gradient of the signs -, +
 * everywhere, so that a step changes the first pixel by minus its length and the second by plus.
 */
class SingleStepTest {
  private static final Module MODEL = Layers.flatten();
  private static final Step STEP = new Step(3, 10, 0, 1);
  private static final int IMAGES = 200;
  private static final Shape SHAPE = Shape.of(IMAGES, 1, 1, 2);
  private static final long SEED = 7;

  /** All images alike, of class 0. */
  private static Batch batch(double first, double second) {
    double[] pixels = new double[2 * IMAGES];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 2 == 0 ? first : second;
    }
    return Batch.of(Tensor.of(pixels, SHAPE.dims()), Tensor.ofInts(new int[IMAGES], IMAGES));
  }

  private static double[] attacked(TrainingDefense defense, Batch batch, Step step) {
    return defense
        .on(Trainee.of(MODEL, Shape.of(1, 1, 2), 2, SEED))
        .batch(MODEL, batch, step)
        .images()
        .toDoubles();
  }

  private static double[] noise(String name, double radius) {
    return new RandomStream(SEED, name + "/3").uniform(SHAPE, -radius, radius).toDoubles();
  }

  @Test
  void nFgsmAddsNoiseOfTwoEpsilonsAndAWholeStepAndLeavesTheBall() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] x = attacked(NFgsm.of(0.1), batch(0.5, 0.5), STEP);
      double[] eta = noise("n_fgsm", 0.2);
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        expected[i] = 0.5 + eta[i] + (i % 2 == 0 ? -0.1 : 0.1);
      }
      assertArrayEquals(expected, x, 1e-15); // two sums of doubles below 1
      assertTrue(Arrays.stream(x).anyMatch(v -> Math.abs(v - 0.5) > 0.25), "clipped to the ball");
    }
  }

  @Test
  void nFgsmStaysInTheRangeOfPixels() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] x = attacked(NFgsm.of(0.1), batch(0.05, 0.95), STEP);
      assertTrue(Arrays.stream(x).allMatch(v -> v >= 0 && v <= 1));
      assertTrue(Arrays.stream(x).anyMatch(v -> v == 0) && Arrays.stream(x).anyMatch(v -> v == 1));
    }
  }

  @Test
  void withoutNoiseNFgsmIsFgsm() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] x = attacked(new NFgsm(0.1, 0, 1), batch(0.6, 0.4), STEP);
      assertArrayEquals(batch(0.6 - 0.1, 0.4 + 0.1).images().toDoubles(), x, 0);
    }
  }

  /**
   * A step of 0.125 from within 0.1 on either side: what lies beyond the ball's edge is brought
   * back to it, up to the roundings of floats that projections keep clear of it.
   */
  @Test
  void fastFgsmStepsFromARandomPointAndIsBroughtBackToTheBall() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] x = attacked(FastFgsm.of(0.1), batch(0.5, 0.5), STEP);
      double[] eta = noise("fast_fgsm", 0.1);
      double[] expected =
          IntStream.range(0, x.length)
              .mapToDouble(
                  i ->
                      i % 2 == 0
                          ? 0.5 + Math.max(-0.1, eta[i] - 0.125)
                          : 0.5 + Math.min(0.1, eta[i] + 0.125))
              .toArray();
      assertArrayEquals(expected, x, 0x1p-21);
      assertTrue(Arrays.stream(x).anyMatch(v -> Math.abs(v - 0.5) < 0.09), "no random start");
    }
  }

  @Test
  void noiseIsThatOfTheStep() {
    Step next = new Step(4, 10, 0, 1);
    for (TrainingDefense defense : new TrainingDefense[] {NFgsm.of(0.1), FastFgsm.of(0.1)}) {
      double[] first = attacked(defense, batch(0.5, 0.5), STEP);
      assertArrayEquals(first, attacked(defense, batch(0.5, 0.5), STEP), defense.toString());
      double[] other = attacked(defense, batch(0.5, 0.5), next);
      assertFalse(Arrays.equals(first, other), defense.toString());
    }
  }

  @Test
  void imagesOfAnotherRangeAreRefused() {
    try (TrainingHooks hooks = Halves.hooks("n_fgsm 0.1", MODEL, Shape.of(1, 1, 2), 1)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> hooks.batch(MODEL, batch(-0.5, 0.5), STEP))
              .getMessage();
      assertEquals(
          "n_fgsm eps=0.1: 200 pixels of the images [200, 1, 1, 2] lie outside the attack's range"
              + " 0.0..1.0; bring the images into it first",
          message);
    }
  }

  @Test
  void negativeSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> NFgsm.of(-0.1));
    assertThrows(IllegalArgumentException.class, () -> new NFgsm(0.1, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new FastFgsm(0.1, Double.NaN));
  }
}
