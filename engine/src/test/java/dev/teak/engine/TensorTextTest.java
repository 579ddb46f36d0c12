package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorTextTest {
  private Devices.Use use;

  @BeforeEach
  void onTheReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  @Test
  void aMatrixHasItsValuesInColumns() {
    Tensor x = Tensor.of(new double[] {1, -2.5, 10, 0.125}, 2, 2).requiresGrad(true);
    assertEquals(
        """
        Tensor [2, 2] float64 on reference, requires grad
        [[    1,  -2.5],
         [   10, 0.125]]""",
        x.toString());
  }

  @Test
  void scalarsIntsEmptyAndReleasedOnes() {
    assertEquals("Tensor [] float64 on reference: 0.33333", Tensor.scalar(1.0 / 3).toString());
    assertEquals(
        "Tensor [3] int32 on reference\n[1, 2, 3]",
        Tensor.ofInts(new int[] {1, 2, 3}, 3).toString());
    assertEquals("Tensor [0, 3] float64 on reference: empty", Tensor.zeros(0, 3).toString());
    Tensor gone = Tensor.ones(2);
    gone.release();
    assertEquals("Tensor [2] float64 on reference (released)", gone.toString());
  }

  @Test
  void longAxesAreShownByTheirEndsWithStatistics() {
    double[] v = new double[20];
    for (int i = 0; i < 20; i++) {
      v[i] = i;
    }
    assertEquals(
        """
        Tensor [20] float64 on reference
        [ 0,  1,  2, ..., 17, 18, 19]
        min 0, max 19, mean 9.5, deviation 5.7663""",
        Tensor.of(v, 20).toString());
  }

  @Test
  void axesAreNestedAsInNumPy() {
    assertEquals(
        """
        Tensor [2, 2, 1] float64 on reference
        [[[0],
          [0]],

         [[0],
          [0]]]""",
        Tensor.zeros(2, 2, 1).toString());
  }

  @Test
  void aBatchIsShownByItsFirst() {
    String text = Tensor.zeros(32, 3, 2, 2).toString();
    assertEquals(
        """
        Tensor [32, 3, 2, 2] float64 on reference
        [[[[0, 0],
           [0, 0]],

          ...],

         ...]
        min 0, max 0, mean 0, deviation 0""",
        text.replace("\n\n\n", "\n\n"));
  }

  @Test
  void notANumberIsCountedAndLeftOutOfTheStatistics() {
    double[] v = new double[9];
    v[3] = Double.NaN;
    v[4] = 8;
    String text = Tensor.of(v, 9).toString();
    assertTrue(text.endsWith("min 0, max 8, mean 1, deviation 2.6458; 1 NaN or infinite"), text);
  }
}
