package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MetricsTest {
  /** Class 0: 2 of 3 found, 2 of 2 right; class 1: 1 of 1, 1 of 2; class 2 never occurs. */
  private static final Metrics COUNTED =
      Metrics.of(new int[] {0, 0, 0, 1}, new int[] {0, 0, 1, 1}, 3);

  private static final double EXACT = 1e-15;

  @Test
  void theTableHasTrueClassesAsRows() {
    assertArrayEquals(new int[][] {{2, 1, 0}, {0, 1, 0}, {0, 0, 0}}, COUNTED.confusion());
  }

  @Test
  void accuracyIsTheShareOnTheDiagonal() {
    assertEquals(0.75, COUNTED.accuracy(), EXACT);
    assertTrue(Double.isNaN(Metrics.of(new int[0], new int[0], 2).accuracy()));
  }

  @Test
  void macroFiguresCountAnAbsentClassAsZero() {
    assertEquals((1 + 0.5 + 0) / 3, COUNTED.macroPrecision(), EXACT);
    assertEquals((2 / 3.0 + 1 + 0) / 3, COUNTED.macroRecall(), EXACT);
    assertEquals((0.8 + 2 / 3.0 + 0) / 3, COUNTED.macroF1(), EXACT);
  }

  @Test
  void aClassThatIsNoneIsNamedWithItsSample() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Metrics.of(new int[] {0, 1}, new int[] {0, 2}, 2))
            .getMessage();
    assertEquals(
        "metrics: sample 1 is of class 1 and was called 2; classes go from 0 to 1", message);
    assertThrows(IllegalArgumentException.class, () -> Metrics.of(new int[1], new int[2], 2));
  }
}
