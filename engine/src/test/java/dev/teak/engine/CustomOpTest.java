package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.check.GradCheck;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ops of the user's own, and the surrogates made of them. */
class CustomOpTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  private static Tensor quantized(Tensor x) {
    return x.mul(4).round().div(4);
  }

  @Test
  void anOpInAFewLinesPassesThePublicCheckInBothOrders() {
    try (Devices.Use use = Devices.use("reference")) {
      CustomOp cube =
          CustomOp.of("cube", x -> x.mul(x).mul(x), (g, x, y) -> g.mul(x.square()).mul(3));
      Tensor x = Tensor.of(new double[] {-1.5, 0.3, 2}, 3);
      GradCheck.Report first = GradCheck.check(in -> cube.apply(in.get(0)), x);
      GradCheck.Report second = GradCheck.checkSecondOrder(in -> cube.apply(in.get(0)), x);
      assertTrue(first.passed(), first::toString);
      assertTrue(second.passed(), second::toString);
    }
  }

  @Test
  void anOpOfSeveralInputsIsAskedOnlyForWhatIsNeeded() {
    AtomicInteger asked = new AtomicInteger();
    CustomOp product =
        CustomOp.of(
            "product",
            (List<Tensor> in) -> in.get(0).mul(in.get(1)),
            (g, call) -> {
              asked.addAndGet((call.needs(0) ? 1 : 0) + (call.needs(1) ? 10 : 0));
              return new Tensor[] {g.mul(call.input(1)), g.mul(call.input(0))};
            });
    Tensor a = leaf(2);
    Tensor b = leaf(3);
    Tensor y = product.apply(a, b).sum();
    assertEquals(3, Autograd.grad(y, a).item());
    assertEquals(1, asked.get());
  }

  @Test
  void aForwardThatGivesItsInputBackMakesATensorOfItsOwn() {
    CustomOp reversal = CustomOp.of("reverse", x -> x, (g, x, y) -> g.neg());
    Tensor x = leaf(2);
    reversal.apply(x).add(x.mul(3)).sum().backward();
    assertEquals(2, x.grad().item(), "-1 through the op, 3 beside it");
  }

  @Test
  void whatTheForwardMadeOnTheWayIsGivenBack() {
    Tensor x = Tensor.ones(1000);
    long before = x.device().bytesInUse();
    try (Scope scope = Scope.open()) {
      long bytes =
          CustomOp.of("sum", t -> t.exp().log().exp(), (g, t, y) -> g).apply(x).shape().size();
      assertEquals(1000, bytes);
      assertTrue(scope.stats().liveBytes() <= 4096, () -> scope.stats().toString());
    }
    assertEquals(before, x.device().bytesInUse());
  }

  @Test
  void theStraightThroughGradientIsTheIdentitys() {
    UnaryOperator<Tensor> f = Surrogate.straightThrough(CustomOpTest::quantized);
    Tensor x = leaf(0.3, 0.6);
    Tensor y = f.apply(x);
    assertArrayEquals(new double[] {0.25, 0.5}, y.toDoubles());
    assertArrayEquals(
        new double[] {0.5, 1}, Autograd.grad(y.square().sum(), x).toDoubles(), 1e-6, "2 y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void bpdaTakesTheGradientOfItsStandIn(String device) {
    try (Devices.Use use = Devices.use(device)) {
      Tensor scale = leaf(3); // something that the stand-in captures has nothing to gain here
      UnaryOperator<Tensor> f = Surrogate.bpda(CustomOpTest::quantized, x -> x.square().mul(scale));
      Tensor x = leaf(0.3, 0.6);
      Tensor inner = x.mul(2);
      Tensor y = f.apply(inner);
      assertArrayEquals(new double[] {0.5, 1.25}, y.toDoubles());
      // d/dx 3 (2 x)^2 = 24 x
      double[] g = Autograd.grad(y.sum(), x).toDoubles();
      assertArrayEquals(new double[] {7.2, 14.4}, g, 1e-5);
    }
  }

  @Test
  void bpdaWithTheTrueFunctionIsThePlainGradientOfBothOrders() {
    try (Devices.Use use = Devices.use("reference")) {
      Tensor x = leaf(0.3, 0.6);
      Tensor plain = x.mul(2).tanh().square().sum();
      Tensor through = Surrogate.bpda(Tensor::tanh, Tensor::tanh).apply(x.mul(2)).square().sum();
      Autograd.Options graph = Autograd.Options.PLAIN.withGraph();
      Tensor first = Autograd.grad(plain, List.of(x), graph).get(0);
      Tensor same = Autograd.grad(through, List.of(x), graph).get(0);
      assertArrayEquals(first.toDoubles(), same.toDoubles(), 1e-15);
      assertArrayEquals(
          Autograd.grad(first.sum(), x).toDoubles(),
          Autograd.grad(same.sum(), x).toDoubles(),
          1e-15);
    }
  }

  @Test
  void aStandInOfAnotherShapeIsAnError() {
    Tensor y = Surrogate.bpda(x -> x.add(0), x -> x.sum()).apply(leaf(1, 2));
    String message = assertThrows(ShapeException.class, () -> y.sum().backward()).getMessage();
    assertEquals("bpda: the function gave [] where its stand-in has [2]", message);
  }
}
