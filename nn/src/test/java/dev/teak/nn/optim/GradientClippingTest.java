package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientClippingTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private Devices.Use use;

  @BeforeEach
  void inDouble() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  /** A parameter with this gradient. */
  private static Tensor with(double... gradient) {
    Tensor p = Tensor.zeros(gradient.length).requiresGrad(true);
    p.mul(Tensor.of(gradient, gradient.length)).sum().backward();
    return p;
  }

  @Test
  void allGradientsTogetherAreScaledToTheNorm() {
    Tensor a = with(3, 0);
    Tensor b = with(-4);
    Tensor idle = Tensor.zeros(2).requiresGrad(true);
    assertEquals(5, GradientClipping.clipGradNorm(List.of(a, idle, b), 1), 1e-15);
    assertArrayEquals(new double[] {3 / (5 + 1e-6), 0}, a.grad().toDoubles(), 1e-15);
    assertArrayEquals(new double[] {-4 / (5 + 1e-6)}, b.grad().toDoubles(), 1e-15);
  }

  @Test
  void shortGradientsStayAsTheyAre() {
    Tensor a = with(3, -4);
    assertEquals(5, GradientClipping.clipGradNorm(List.of(a), 6), 1e-15);
    assertArrayEquals(new double[] {3, -4}, a.grad().toDoubles(), 0);
  }

  @Test
  void theNormMayBeOfAnyOrder() {
    List<Tensor> p = List.of(with(1, -2), with(2));
    assertEquals(5, GradientClipping.clipGradNorm(p, INFINITY, 1, false), 1e-15);
    assertEquals(2, GradientClipping.clipGradNorm(p, INFINITY, INFINITY, false), 0);
    assertEquals(Math.cbrt(17), GradientClipping.clipGradNorm(p, INFINITY, 3, false), 1e-14);
    assertArrayEquals(new double[] {1, -2}, p.get(0).grad().toDoubles(), 0);
    assertThrows(
        IllegalArgumentException.class, () -> GradientClipping.clipGradNorm(p, 1, 0, false));
  }

  @Test
  void aNormThatIsNotFiniteSpoilsAllOrIsAnError() {
    List<Tensor> p = List.of(with(1, 2), with(Double.NaN));
    String message =
        assertThrows(ArithmeticException.class, () -> GradientClipping.clipGradNorm(p, 1, 2, true))
            .getMessage();
    assertEquals(
        "clipGradNorm: the norm of order 2.0 of 2 gradients is NaN; it must be finite", message);
    assertArrayEquals(new double[] {1, 2}, p.get(0).grad().toDoubles(), 0);
    assertTrue(Double.isNaN(GradientClipping.clipGradNorm(p, 1)));
    assertTrue(Double.isNaN(p.get(0).grad().toDoubles()[0]));
  }

  @Test
  void nothingToClipHasNoLength() {
    assertEquals(0, GradientClipping.clipGradNorm(List.of(Tensor.zeros(1)), 1));
  }

  @Test
  void valuesAreBroughtIntoTheirRange() {
    Tensor a = with(3, -0.5, -4);
    GradientClipping.clipGradValue(List.of(a), 1);
    assertArrayEquals(new double[] {1, -0.5, -1}, a.grad().toDoubles(), 0);
  }
}
