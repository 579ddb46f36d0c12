package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks on tensors: what they see, what they may do, and what they leave alone. */
class HooksTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  @Test
  void aHookSeesTheGradientSummedOverAllUsesOnce() {
    List<double[]> seen = new ArrayList<>();
    Tensor x = leaf(3);
    Tensor h = x.mul(2);
    h.registerHook(
        g -> {
          seen.add(g.toDoubles());
          return null;
        });
    h.add(h.mul(10)).sum().backward();
    assertEquals(1, seen.size());
    assertArrayEquals(new double[] {11}, seen.get(0));
    assertEquals(22, x.grad().item());
  }

  @Test
  void hooksRunInTheOrderOfRegistrationEachOnWhatTheOneBeforeGave() {
    List<String> order = new ArrayList<>();
    Tensor x = leaf(1);
    Tensor h = x.mul(1);
    h.registerHook(
        g -> {
          order.add("first sees " + g.item());
          return g.add(1);
        });
    h.registerHook(
        g -> {
          order.add("second sees " + g.item());
          return g.mul(10);
        });
    h.sum().backward();
    assertEquals(List.of("first sees 1.0", "second sees 2.0"), order);
    assertEquals(20, x.grad().item());
  }

  @Test
  void aRemovedHookIsNotRunAndTheOthersStay() {
    Tensor x = leaf(1);
    Hooks.Handle twice = x.registerHook(g -> g.mul(2));
    x.registerHook(g -> g.mul(3));
    twice.remove();
    twice.remove(); // harmless
    x.mul(1).sum().backward();
    assertEquals(3, x.grad().item());
  }

  @Test
  void theSameFunctionTwiceIsTwoHooks() {
    java.util.function.UnaryOperator<Tensor> twice = g -> g.mul(2);
    Tensor x = leaf(1);
    Hooks.Handle first = x.registerHook(twice);
    x.registerHook(twice);
    x.mul(1).sum().backward();
    assertEquals(4, x.grad().item());
    first.remove();
    x.zeroGrad();
    x.mul(1).sum().backward();
    assertEquals(2, x.grad().item());
  }

  @Test
  void aHookHasNoEffectOnOthersGradients() {
    Tensor x = leaf(2);
    Tensor w = leaf(5);
    Tensor hooked = x.mul(3);
    hooked.registerHook(g -> g.mul(0));
    Tensor y = hooked.mul(w).add(x.mul(w)).sum();
    y.backward();
    assertEquals(8, w.grad().item(), "3 x + x, as without the hook");
    assertEquals(5, x.grad().item(), "only the path around the hook is left");
  }

  @Test
  void aHookOnALeafChangesWhatIsAddedUp() {
    Tensor x = leaf(1, 2);
    x.registerHook(g -> g.clip(-1, 1));
    x.mul(7).sum().backward();
    x.mul(-7).sum().backward();
    assertArrayEquals(new double[] {0, 0}, x.grad().toDoubles());
  }

  /** Noise, clip, zero and smooth: what the field does to gradients. */
  @Test
  void aHookMayAddNoiseClipZeroAndSmooth() {
    Tensor kernel = Tensor.full(Devices.current(), Shape.of(1, 3, 3, 1), 1.0 / 9);
    Tensor x = Tensor.ones(1, 3, 3, 1).requiresGrad(true);
    x.registerHook(g -> g.add(new RandomStream(1, "noise").normal(g.shape()).mul(100)));
    x.registerHook(g -> g.clip(0, 9));
    x.registerHook(g -> g.gt(4).where(g, g.mul(0)));
    x.registerHook(g -> Functional.conv2d(g, kernel, null, 1, 1, 1, 1));
    double[] smooth = Autograd.grad(x.sum(), x).toDoubles();
    double sum = 0;
    for (double g : smooth) {
      assertTrue(g >= 0 && g <= 9, () -> "clipped to 9, and a mean of such: " + g);
      sum += g;
    }
    assertTrue(sum > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void whatAHookGivesIsPartOfTheGraphUnderCreateGraph(String device) {
    try (Devices.Use use = Devices.use(device)) {
      Tensor x = leaf(3);
      Tensor h = x.mul(1);
      Hooks.Handle hook = h.registerHook(g -> g.mul(x)); // dy/dx becomes 2 x^2
      Tensor y = h.square().sum();
      Tensor first = Autograd.grad(y, List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
      assertEquals(18, first.item());
      hook.remove(); // else it would see the gradient of h in the second pass too
      assertEquals(12, Autograd.grad(first.sum(), x).item());
    }
  }

  @Test
  void gradRunsTheHooksOfItsInputsToo() {
    Tensor x = leaf(1);
    x.registerHook(g -> g.mul(5));
    Tensor middle = x.mul(2);
    middle.registerHook(g -> g.mul(3));
    List<Tensor> g = Autograd.grad(middle.sum(), List.of(x, middle), Autograd.Options.PLAIN);
    assertEquals(3, g.get(1).item());
    assertEquals(30, g.get(0).item());
  }

  @Test
  void whatAHookSawMayBeKeptAndWhatItGaveStaysItsOwn() {
    List<Tensor> seen = new ArrayList<>();
    Tensor mine = Tensor.of(new double[] {4}, 1);
    Tensor x = leaf(1);
    try (Scope step = Scope.open()) {
      Tensor h = x.mul(2);
      h.registerHook(
          g -> {
            seen.add(g);
            return mine;
          });
      h.sum().backward();
      assertEquals(1, seen.get(0).item(), "still there after the pass");
    }
    assertEquals(4, mine.item(), "not released with the gradients of the pass");
    assertEquals(8, x.grad().item());
    assertThrows(IllegalStateException.class, () -> seen.get(0).item(), "but it was the step's");
  }

  @Test
  void aHookThatIsNotOnThePathIsNotRun() {
    Tensor x = leaf(1);
    Tensor other = leaf(1);
    Tensor h = other.mul(2);
    h.registerHook(
        g -> {
          throw new AssertionError("no gradient of this is asked for");
        });
    assertEquals(1, Autograd.grad(h.add(x).sum(), x).item());
  }

  @Test
  void retainGradKeepsTheGradientOfAMiddleTensor() {
    Tensor x = leaf(2);
    Tensor h = x.square().retainGrad();
    Tensor without = x.mul(1);
    h.mul(3).add(without).sum().backward();
    assertEquals(3, h.grad().item());
    assertNull(without.grad());
  }

  @Test
  void aGradientOfAnotherShapeIsAnError() {
    Tensor x = leaf(1, 2);
    x.registerHook(g -> g);
    x.registerHook(g -> g.sum());
    String message =
        assertThrows(ShapeException.class, () -> x.mul(1).sum().backward()).getMessage();
    assertEquals(
        "hook 1 on tensor [2]: gave a gradient []; it must have the tensor's shape", message);
  }

  @Test
  void aTensorThatNoGradientReachesTakesNoHook() {
    String message =
        assertThrows(IllegalStateException.class, () -> Tensor.ones(2).registerHook(g -> g))
            .getMessage();
    assertTrue(message.startsWith("registerHook: no gradient reaches tensor [2]"), message);
    assertTrue(message.contains("requiresGrad(true)"), message);
  }
}
