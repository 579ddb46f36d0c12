package dev.teak.lab.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HyperScoreTest {
  /** Double arithmetic of a handful of operations on numbers near 100. */
  private static final double ROUNDING = 1e-12;

  @Test
  void valuesThatWereWorkedOutByHand() {
    assertEquals(100 + 100 / 9.0, HyperScore.of(1), ROUNDING, "sigmoid(-ln 2) is a third");
    assertEquals(100 + 100 / 1089.0, HyperScore.of(0.5), ROUNDING, "sigmoid(-5 ln 2) is 1/33");
    assertEquals(100 + 100 / 1089.0, HyperScore.of(1, 0, 0.5), ROUNDING, "of the mean");
  }

  @Test
  void theFormulaAsItIsPrinted() {
    for (double v : new double[] {0.05, 0.3, 0.861, 0.99}) {
      double sigmoid = 1 / (1 + Math.exp(-(4 * Math.log(v) - Math.log(2))));
      assertEquals(100 * (1 + Math.pow(sigmoid, 2)), HyperScore.of(v), ROUNDING);
    }
  }

  @Test
  void ofNoAccuracyIsAHundred() {
    assertEquals(100, HyperScore.of(0, 0), 0);
  }

  @Test
  void whatWasNotMeasuredIsNaN() {
    assertTrue(Double.isNaN(HyperScore.of(0.9, Double.NaN)));
  }

  @Test
  void whatIsNoAccuracyIsRefused() {
    for (double bad : new double[] {-0.01, 1.01, 93.7}) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> HyperScore.of(0.5, bad)).getMessage();
      assertEquals("accuracy " + bad + ": must be in [0, 1]", said);
    }
    assertThrows(IllegalArgumentException.class, HyperScore::of);
  }
}
