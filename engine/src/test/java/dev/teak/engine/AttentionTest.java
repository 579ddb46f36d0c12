package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttentionTest {
  private Devices.Use use;

  @BeforeEach
  void inDouble() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  private static Tensor of(int rows, double... values) {
    return Tensor.of(values, rows, values.length / rows);
  }

  /** Scores 0 and ln 3: shares 1/4 and 3/4. The channels are 4, so that q.k is halved. */
  @Test
  void valuesAreMixedByTheSoftmaxOfTheScaledProducts() {
    Tensor q = of(1, 1, 0, 0, 0);
    Tensor k = of(2, 0, 1, 1, 1, 2 * Math.log(3), 0, 0, 0);
    Tensor y = Attention.scaledDotProductAttention(q, k, of(2, 4, 8));
    assertEquals(Shape.of(1, 1), y.shape());
    assertArrayEquals(new double[] {7}, y.toDoubles(), 1e-14);
  }

  @Test
  void aCausalQuerySeesWhatCameBefore() {
    Tensor same = Tensor.zeros(3, 2);
    Tensor v = of(3, 4, 8, 0);
    Tensor y = Attention.scaledDotProductAttention(same, same, v, null, 0, true, null);
    assertArrayEquals(new double[] {4, 6, 4}, y.toDoubles(), 1e-14);
    Tensor more =
        Attention.scaledDotProductAttention(Tensor.zeros(1, 2), same, v, null, 0, true, null);
    assertArrayEquals(new double[] {4}, more.toDoubles(), 1e-14);
  }

  @Test
  void aQueryThatMaySeeNothingGivesZeroAndHasNoGradient() {
    Tensor q = Tensor.ones(2, 2).requiresGrad(true);
    Tensor k = of(2, 1, 0, 0, 2);
    Tensor mask = Attention.mask(of(2, 0, 0, 0, 1));
    Tensor y = Attention.scaledDotProductAttention(q, k, of(2, 4, 8), mask);
    assertArrayEquals(new double[] {0, 8}, y.toDoubles(), 0);
    y.sum().backward();
    assertArrayEquals(new double[4], q.grad().toDoubles(), 0);
  }

  @Test
  void withoutKeysThereIsNothingToSee() {
    Tensor y =
        Attention.scaledDotProductAttention(of(2, 1, 2), Tensor.zeros(0, 1), Tensor.zeros(0, 3));
    assertEquals(Shape.of(2, 3), y.shape());
    assertArrayEquals(new double[6], y.toDoubles(), 0);
  }

  @Test
  void notANumberIsNotTakenForAMask() {
    Tensor q = of(1, Double.NaN);
    Tensor mask = Tensor.zeros(1, 1);
    Tensor y = Attention.scaledDotProductAttention(q, of(1, 1), of(1, 1), mask);
    assertTrue(Double.isNaN(y.item()));
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    String message =
        assertThrows(
                ShapeException.class,
                () ->
                    Attention.scaledDotProductAttention(
                        Tensor.zeros(2, 3), Tensor.zeros(4, 3), Tensor.zeros(5, 3)))
            .getMessage();
    assertEquals(
        "attention: query [2, 3], key [4, 3], value [5, 3]; they must be [..., L, E], [..., S, E]"
            + " and [..., S, V]",
        message);
    Tensor x = Tensor.zeros(2, 3);
    assertThrows(
        IllegalArgumentException.class,
        () -> Attention.scaledDotProductAttention(x, x, x, Tensor.zeros(2, 2), 0, true, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> Attention.scaledDotProductAttention(x, x, x, null, 0.5, false, null));
  }
}
