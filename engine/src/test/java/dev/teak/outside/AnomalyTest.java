package dev.teak.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.CustomOp;
import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Anomaly mode, from where a user stands: outside the engine's packages. */
class AnomalyTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  private static String anomaly(Executable work) {
    try (Autograd.Mode on = Autograd.detectAnomaly()) {
      return assertThrows(ArithmeticException.class, work).getMessage();
    }
  }

  /** The line of this file on which the caller stands, that many lines further down. */
  private static String line(int further) {
    StackTraceElement here = Thread.currentThread().getStackTrace()[2];
    return "AnomalyTest.java:" + (here.getLineNumber() + further);
  }

  private static void assertHas(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is missing in: " + message);
    }
  }

  @Test
  void theForwardIsNamedWithOpShapesAndTheUsersLine() {
    Tensor x = leaf(1, 0, -1);
    String[] line = new String[1];
    String message =
        anomaly(
            () -> {
              Tensor fine = x.mul(2);
              line[0] = line(1);
              fine.log();
            });
    assertHas(
        message,
        "anomaly: log made -Infinity at [1] of [3] (2 of 3 are not finite)",
        "input 0 [3] is finite",
        line[0]);
  }

  @Test
  void theUsersLineIsFoundThroughTheEnginesOwnFunctions() {
    Tensor logits = Tensor.of(new double[] {1, Double.NaN}, 1, 2);
    String[] line = new String[1];
    String message =
        anomaly(
            () -> {
              line[0] = line(1);
              Losses.mse(logits, Tensor.zeros(1, 2));
            });
    assertHas(message, "anomaly: sub made NaN at [0, 1] of [1, 2]", line[0]);
    assertHas(message, "input 0 [1, 2] already held NaN at [0, 1]");
  }

  @Test
  void theBackwardIsNamedWithTheLineOfTheForward() {
    Tensor x = leaf(4, 0);
    String[] line = new String[1];
    String message =
        anomaly(
            () -> {
              line[0] = line(1);
              Tensor root = x.sqrt();
              Tensor loss = root.mul(3).sum();
              loss.backward();
            });
    assertHas(
        message,
        "anomaly: the gradient of sqrt in its input 0 is Infinity at [1] of [2]",
        "the gradient of its output [2] is finite",
        "its inputs are [2]",
        line[0]);
  }

  @Test
  void aGradientOfSecondOrderIsNamedToo() {
    Tensor x = leaf(0);
    String message =
        anomaly(
            () -> {
              Tensor y = x.pow(1.5).sum(); // whose second derivative at 0 is infinite
              Tensor g = Autograd.grad(y, List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
              Autograd.grad(g.sum(), x);
            });
    assertHas(message, "the gradient of pow in its input 0", "AnomalyTest.java:");
  }

  @Test
  void aUsersOwnOpIsNamedByItsName() {
    CustomOp op = CustomOp.of("mine", x -> x.add(1), (g, x, y) -> g.div(0));
    Tensor x = leaf(1);
    assertHas(anomaly(() -> op.apply(x).sum().backward()), "the gradient of mine in its input 0");
  }

  /** The other branch of a choice may well be infinite inside a rule: 0^0.5 in b, log 0 in a. */
  @Test
  void whatARuleMakesAndDoesNotTakeIsNoAnomaly() {
    Tensor a = leaf(0);
    Tensor b = leaf(2);
    try (Autograd.Mode on = Autograd.detectAnomaly()) {
      Tensor y = a.pow(b).sum();
      assertEquals(0, Autograd.grad(y, b).item());
    }
  }

  @Test
  void itIsOffByDefaultAndOffAgainAfterwards() {
    Tensor x = leaf(0);
    assertFalse(Double.isFinite(x.log().item()));
    anomaly(x::log);
    assertFalse(Double.isFinite(x.log().item()));
    x.log().sum().backward();
  }

  @Test
  void aNodeMadeBeforeItWasOnSaysSo() {
    Tensor y = leaf(0).sqrt().sum();
    assertHas(anomaly(y::backward), "called at a line before anomaly mode was on");
  }
}
