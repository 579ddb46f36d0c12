package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradient checkpointing: the gradients of the plain function, with less kept. */
class RecomputeTest {
  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  /** Gradients of x, of a captured leaf and of a captured tensor's leaf. */
  private static List<double[]> gradients(boolean recompute, boolean graph) {
    Tensor x = leaf(0.3, -0.7, 1.1);
    Tensor w = leaf(0.5, 0.2, -0.4);
    Tensor far = leaf(1.5);
    Tensor captured = far.square();
    RandomStream random = new RandomStream(5, "drop");
    random.uniform(Shape.of(8)); // it need not stand at its start
    UnaryOperator<Tensor> f =
        t -> Functional.dropout(t.mul(w).tanh(), 0.5, random).mul(captured).add(t);
    Tensor h = x.mul(2);
    Tensor y = recompute ? Recompute.of(f, h) : f.apply(h);
    random.uniform(Shape.of(4)); // others draw before the backward pass
    Tensor loss = y.square().sum();
    long after = random.position();
    Autograd.Options options = graph ? Autograd.Options.PLAIN.withGraph() : Autograd.Options.PLAIN;
    List<Tensor> leaves = List.of(x, w, far);
    List<Tensor> g = Autograd.grad(loss, leaves, options);
    assertEquals(after, random.position(), "the second run must leave the stream where it was");
    if (graph) {
      Tensor norm = g.get(0).square().sum().add(g.get(1).square().sum());
      g = Autograd.grad(norm, leaves, Autograd.Options.PLAIN);
    }
    return g.stream().map(Tensor::toDoubles).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void gradientsAreThoseOfThePlainFunctionToTheBit(String device) {
    try (Devices.Use use = Devices.use(device)) {
      List<double[]> plain = gradients(false, false);
      List<double[]> again = gradients(true, false);
      for (int i = 0; i < plain.size(); i++) {
        assertArrayEquals(plain.get(i), again.get(i), "gradient " + i);
      }
    }
  }

  /** The graph is another one, so a sum of three may be taken in another order. */
  @Test
  void gradientsOfGradientsAreThoseOfThePlainFunction() {
    try (Devices.Use use = Devices.use("reference")) {
      List<double[]> plain = gradients(false, true);
      List<double[]> again = gradients(true, true);
      for (int i = 0; i < plain.size(); i++) {
        for (int j = 0; j < plain.get(i).length; j++) {
          double expected = plain.get(i)[j];
          assertEquals(expected, again.get(i)[j], 1e-14 * Math.abs(expected));
        }
      }
    }
  }

  @Test
  void recomputingInsideRecomputingGivesTheSame() {
    RandomStream random = new RandomStream(5, "drop");
    UnaryOperator<Tensor> inner = t -> Functional.dropout(t.tanh(), 0.5, random);
    Tensor x = leaf(0.3, -0.7, 1.1, 2);
    Tensor nested = Recompute.of(t -> Recompute.of(inner, t.mul(2)).mul(t), x);
    double[] again = Autograd.grad(nested.sum(), x).toDoubles();
    random.seek(0);
    Tensor plain = inner.apply(x.mul(2)).mul(x);
    assertArrayEquals(Autograd.grad(plain.sum(), x).toDoubles(), again);
  }

  @Test
  void onlyTheOutputIsKept() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(1000).requiresGrad(true);
      long before = scope.stats().liveBytes();
      Tensor y = Recompute.of(t -> t.exp().tanh().exp().tanh(), x);
      assertEquals(4000, scope.stats().liveBytes() - before);
      assertEquals(4 * 4000, scope.stats().peakBytes() - before);
      y.sum().backward();
    }
  }

  @Test
  void theFunctionRunsAgainOnlyWhereAGradientIsAskedFor() {
    AtomicInteger runs = new AtomicInteger();
    UnaryOperator<Tensor> f =
        t -> {
          runs.incrementAndGet();
          return t.square();
        };
    Tensor x = leaf(2);
    Tensor other = leaf(3);
    Tensor y = Recompute.of(f, x).add(other).sum();
    assertEquals(
        1, Autograd.grad(y, List.of(other), Autograd.Options.PLAIN.retaining()).get(0).item());
    assertEquals(1, runs.get());
    assertEquals(4, Autograd.grad(y, x).item());
    assertEquals(2, runs.get());
    try (Autograd.Mode off = Autograd.noGrad()) {
      Recompute.of(f, x);
    }
    assertEquals(3, runs.get());
  }

  @Test
  void hooksOnWhatGoesInRunOnce() {
    AtomicInteger runs = new AtomicInteger();
    Tensor x = leaf(2);
    Tensor w = leaf(3);
    for (Tensor t : List.of(x, w)) {
      t.registerHook(
          g -> {
            runs.incrementAndGet();
            return g.mul(10);
          });
    }
    Recompute.of(t -> t.mul(w), x).sum().backward();
    assertEquals(2, runs.get());
    assertEquals(30, x.grad().item());
    assertEquals(20, w.grad().item());
  }

  @Test
  void aParameterChangedInBetweenIsAnError() {
    Tensor w = leaf(3);
    Tensor y = Recompute.of(t -> t.mul(w), leaf(2)).sum();
    Update.assign(w, 4);
    String message = assertThrows(IllegalStateException.class, y::backward).getMessage();
    assertTrue(message.startsWith("recompute: input 1 [1] was changed in place"), message);
  }
}
