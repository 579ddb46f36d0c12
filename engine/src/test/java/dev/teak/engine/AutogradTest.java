package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import dev.teak.engine.op.OpInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutogradTest {
  private Devices.Use use;

  @BeforeEach
  void onTheReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  @Test
  void backwardAddsUpOverUsesAndCalls() {
    Tensor x = leaf(3);
    x.mul(x).add(x).sum().backward(); // d/dx x^2 + x = 7
    assertEquals(7, x.grad().item());
    x.mul(2).sum().backward();
    assertEquals(9, x.grad().item());
    x.zeroGrad();
    assertNull(x.grad());
  }

  @Test
  void gradReachesTensorsInTheMiddleAndBeyondThem() {
    Tensor x = leaf(2);
    Tensor middle = x.square();
    Tensor y = middle.mul(x).sum(); // x^3 through the middle
    List<Tensor> g = Autograd.grad(y, List.of(middle, x), Autograd.Options.PLAIN);
    assertEquals(2, g.get(0).item());
    assertEquals(12, g.get(1).item());
  }

  @Test
  void gradOfTheImageDoesNotRunTheWeightsGradient() {
    List<String> ran = new ArrayList<>();
    Tensor image = leaf(1, 2);
    Tensor weight = leaf(3, 4);
    Tensor y = Spy.mul(image, weight, ran).sum();
    Autograd.grad(y, image);
    assertEquals(List.of("image"), ran);
  }

  /** A product that writes down which of its gradients were asked for. */
  private record Spy(List<String> ran) implements Op {
    static Tensor mul(Tensor a, Tensor b, List<String> ran) {
      Tensor y = a.detach().mul(b.detach());
      return Autograd.record(new Spy(ran), y, a, b);
    }

    @Override
    public OpInfo info() {
      return new OpInfo("spy", "a b", "g b, g a");
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      Tensor[] out = new Tensor[2];
      if (call.needs(0)) {
        ran.add("image");
        out[0] = g.mul(call.input(1));
      }
      if (call.needs(1)) {
        ran.add("weight");
        out[1] = g.mul(call.input(0));
      }
      return out;
    }
  }

  @Test
  void thirdDerivativeOfAFourthPower() {
    Tensor x = leaf(2);
    Autograd.Options graph = Autograd.Options.PLAIN.withGraph();
    Tensor y = x.pow(4).sum();
    Tensor first = Autograd.grad(y, List.of(x), graph).get(0);
    Tensor second = Autograd.grad(first.sum(), List.of(x), graph).get(0);
    Tensor third = Autograd.grad(second.sum(), List.of(x), graph).get(0);
    assertEquals(32, first.item(), 1e-12);
    assertEquals(48, second.item(), 1e-12);
    assertEquals(48, third.item(), 1e-12);
  }

  @Test
  void noGradRecordsNothingAndDetachCuts() {
    Tensor x = leaf(1);
    try (Autograd.Mode off = Autograd.noGrad()) {
      assertFalse(x.mul(2).requiresGrad());
    }
    assertTrue(x.mul(2).requiresGrad());
    assertFalse(x.mul(2).detach().requiresGrad());
  }

  @Test
  void backwardTwiceSaysThatTheGraphIsGone() {
    Tensor x = leaf(1);
    Tensor y = x.square().sum();
    y.backward();
    Exception e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("retain"), e.getMessage());
    Tensor z = x.square().sum();
    z.backward(Autograd.Options.PLAIN.retaining());
    z.backward();
    assertEquals(6, x.grad().item());
  }

  @Test
  void backwardOfAVectorAsksForASeed() {
    Tensor y = leaf(1, 2).square();
    assertTrue(assertThrows(ShapeException.class, y::backward).getMessage().contains("no scalar"));
    y.backward(Autograd.Options.PLAIN.withSeed(Tensor.of(new double[] {1, 10}, 2)));
  }

  @Test
  void noPathIsAnErrorUnlessAllowed() {
    Tensor x = leaf(1);
    Tensor other = leaf(1);
    Tensor y = x.square().sum();
    assertThrows(IllegalStateException.class, () -> Autograd.grad(y, other));
    Tensor z = x.square().sum();
    assertNull(Autograd.grad(z, List.of(other), Autograd.Options.PLAIN.allowingUnused()).get(0));
  }

  @Test
  void changingAnInputInPlaceBeforeBackwardIsAnError() {
    Tensor w = leaf(1, 2);
    Tensor y = w.square().sum();
    Update.assign(w, 5, 6);
    Exception e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("changed in place"), e.getMessage());
  }

  @Test
  void gradientsOutliveTheScopeOfTheStep() {
    Tensor w = leaf(1, 2);
    try (Scope step = Scope.open()) {
      w.square().sum().backward();
    }
    assertArrayEquals(new double[] {2, 4}, w.grad().toDoubles());
  }

  @Test
  void aDeepChainDoesNotOverflowTheStack() {
    Tensor x = leaf(1);
    try (Scope scope = Scope.open()) {
      Tensor y = x;
      for (int i = 0; i < 20_000; i++) {
        y = y.add(1e-9);
      }
      y.sum().backward();
    }
    assertEquals(1, x.grad().item());
  }

  @Test
  void aBroadcastInputGetsAGradientOfItsOwnShape() {
    Tensor a = Tensor.ones(2, 3).requiresGrad(true);
    Tensor b = Tensor.ones(3).requiresGrad(true);
    a.mul(b).sum().backward();
    assertNotNull(b.grad());
    assertArrayEquals(new double[] {2, 2, 2}, b.grad().toDoubles());
  }
}
