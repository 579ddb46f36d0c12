package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import org.junit.jupiter.api.Test;

class InitTest {
  private static final Shape DENSE = Shape.of(200, 100);
  private static final Shape CONV = Shape.of(32, 3, 5, 8); // 32 outputs, 3 x 5 kernel, 8 inputs

  private static RandomStream random() {
    return new RandomStream(3, "init");
  }

  /**
   * Largest magnitude: of n uniform values, below the bound and beyond 99% of it but for 0.99^n.
   */
  private static void assertBound(double bound, float[] values) {
    double largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    assertTrue(largest <= bound * (1 + 1e-6) && largest > 0.99 * bound, largest + " for " + bound);
  }

  /** The deviation of n normal values is within 4 / sqrt(2 n) of the true one, relatively. */
  private static void assertDeviation(double deviation, float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    double measured = Math.sqrt(sum / values.length);
    assertEquals(1, measured / deviation, 4 / Math.sqrt(2.0 * values.length));
  }

  @Test
  void fansCountTheKernelsArea() {
    assertEquals(100, Init.fanIn(DENSE));
    assertEquals(200, Init.fanOut(DENSE));
    assertEquals(3 * 5 * 8, Init.fanIn(CONV));
    assertEquals(3 * 5 * 32, Init.fanOut(CONV));
  }

  @Test
  void layersStartWithinPyTorchsBounds() {
    Module linear = new Linear(100, 200, random());
    assertBound(0.1, linear.stateDict().get("weight").toFloats());
    assertBound(0.1, linear.stateDict().get("bias").toFloats());
    Module conv = Conv2d.of(8, 32, 5).init(random());
    assertBound(1 / Math.sqrt(200), conv.stateDict().get("weight").toFloats());
  }

  @Test
  void uniformFormsFillTheirBounds() {
    assertBound(Math.sqrt(6.0 / 120), Init.kaimingUniform(CONV, random()).toFloats());
    assertBound(Math.sqrt(6.0 / 300), Init.xavierUniform(DENSE, random()).toFloats());
  }

  @Test
  void normalFormsHaveTheirDeviations() {
    assertDeviation(Math.sqrt(2.0 / 100), Init.kaimingNormal(DENSE, random()).toFloats());
    assertDeviation(Math.sqrt(2.0 / 300), Init.xavierNormal(DENSE, random()).toFloats());
  }
}
