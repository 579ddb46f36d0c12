package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a backward pass cannot do, and the words that say what to do instead. */
class BackwardErrorsTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  private static void says(Class<? extends Exception> type, Executable work, String... parts) {
    String message = assertThrows(type, work).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is missing in: " + message);
    }
  }

  @Test
  void anInputChangedInPlace() {
    Tensor w = leaf(1, 2);
    Tensor y = w.square().sum();
    Update.assign(w, 5, 6);
    says(
        IllegalStateException.class,
        y::backward,
        "square: input 0 [2] was changed in place",
        "run backward before the change");
  }

  @Test
  void anOutputChangedInPlace() {
    Tensor x = leaf(1, 2);
    Tensor e = x.exp();
    Update.assign(e, 0, 0);
    says(
        IllegalStateException.class,
        () -> e.sum().backward(),
        "exp: output [2] was changed in place",
        "change a copy");
  }

  @Test
  void aChangeThroughATensorThatSharesTheMemory() {
    Tensor x = leaf(1, 2);
    Tensor y = x.square().sum();
    Update.assign(x.detach(), 5, 6);
    says(IllegalStateException.class, y::backward, "square: input 0 [2] was changed in place");
  }

  @Test
  void anInputFreedWithItsScope() {
    Tensor x = leaf(1, 2);
    Tensor y;
    try (Scope scope = Scope.open()) {
      y = scope.keep(x.square().exp().sum());
    }
    says(
        IllegalStateException.class,
        y::backward,
        "sum: input 0 [2] was freed before the backward pass that needs it",
        "run backward before its scope closes",
        "scope.keep(tensor)");
  }

  @Test
  void aSecondPassThroughAFreedGraph() {
    Tensor x = leaf(1);
    Tensor y = x.square().sum();
    y.backward();
    says(
        IllegalStateException.class,
        y::backward,
        "sum: a backward pass ran through this graph already",
        "retaining()");
  }

  @Test
  void aNonScalarWithoutASeed() {
    Tensor y = leaf(1, 2).square();
    says(
        ShapeException.class,
        y::backward,
        "the output [2] is no scalar",
        "sum() or mean()",
        "withSeed");
  }

  @Test
  void aSeedThatDoesNotFit() {
    Tensor y = leaf(1, 2).square();
    says(
        ShapeException.class,
        () -> y.backward(Autograd.Options.PLAIN.withSeed(Tensor.ones(3))),
        "the seed [3] must have the output's shape [2]");
    says(
        IllegalArgumentException.class,
        () -> {
          try (Devices.Use use = Devices.use("reference")) {
            y.backward(Autograd.Options.PLAIN.withSeed(Tensor.ones(2)));
          }
        },
        "different devices");
  }

  @Test
  void anInputThatDoesNotRequireAGradient() {
    Tensor x = leaf(1);
    says(
        IllegalStateException.class,
        () -> Autograd.grad(x.square().sum(), Tensor.ones(1)),
        "input [1] does not require a gradient",
        "requiresGrad(true)");
  }

  @Test
  void anInputThatTheOutputDoesNotDependOn() {
    Tensor x = leaf(1);
    says(
        IllegalStateException.class,
        () -> Autograd.grad(x.square().sum(), leaf(1)),
        "the output [] does not depend on the input [1]",
        "allow unused inputs");
  }

  @Test
  void anOutputWithoutAGraph() {
    Tensor x = leaf(1);
    Tensor y;
    try (Autograd.Mode off = Autograd.noGrad()) {
      y = x.square().sum();
    }
    says(IllegalStateException.class, () -> Autograd.grad(y, x), "it has no graph", "noGrad()");
    says(
        IllegalStateException.class,
        y::backward,
        "nothing that made this tensor [] requires a gradient",
        "requiresGrad(true)");
  }

  @Test
  void aVjpOfAnotherShape() {
    CustomOp op = CustomOp.of("mine", x -> x.mul(2), (g, x, y) -> Tensor.ones(3));
    says(
        ShapeException.class,
        () -> op.apply(leaf(1, 2)).sum().backward(),
        "mine: its vjp gave [3] as the gradient of input 0, which is [2]");
  }

  @Test
  void aVjpWithTooFewGradients() {
    CustomOp op =
        CustomOp.of("mine", (List<Tensor> in) -> in.get(0), (g, call) -> new Tensor[] {g});
    says(
        IllegalStateException.class,
        () -> op.apply(leaf(1), leaf(2)).sum().backward(),
        "mine: its vjp gave 1 gradients for 2 inputs");
  }

  @Test
  void afterAnErrorTheThreadRecordsAsBefore() {
    Tensor x = leaf(1, 2);
    Tensor y = x.square();
    assertThrows(ShapeException.class, y::backward);
    assertTrue(Autograd.isEnabled());
    assertFalse(Autograd.inBackward());
    y.sum().backward();
    assertArrayEquals(new double[] {2, 4}, x.grad().toDoubles());
  }
}
