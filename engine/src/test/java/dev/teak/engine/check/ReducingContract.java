package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.OnBackend;
import dev.teak.engine.op.Binary;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;

/** The part of {@link OpContract} about reductions at their corners, as PyTorch has them. */
public interface ReducingContract extends OnBackend {
  double INFINITE = Double.POSITIVE_INFINITY;

  /** Value, gradient and, of the gradient's sum, the gradient. */
  private List<double[]> derivatives(UnaryOperator<Tensor> f, double... at) {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(at, at.length).requiresGrad(true);
      Tensor y = f.apply(x);
      Tensor g = Autograd.grad(y.sum(), List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
      Tensor sum = g.sum().add(nothingOf(x)); // a gradient that is constant has no graph
      Tensor h = Autograd.grad(sum, List.of(x), Autograd.Options.PLAIN).get(0);
      return List.of(y.toDoubles(), g.toDoubles(), h.toDoubles());
    }
  }

  /** 0 with a graph, whatever x holds. */
  private static Tensor nothingOf(Tensor x) {
    return Binary.MASKED_MUL.apply(Tensor.zerosLike(x), x).sum();
  }

  private static void near(double[] expected, double[] actual) {
    assertArrayEquals(expected, actual, 1e-5);
  }

  @Example
  default void overNothingThereIsTheNeutralElement() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.zeros(2, 0);
      near(new double[] {0, 0}, x.sum(1).toDoubles());
      near(new double[] {1, 1}, x.prod(1).toDoubles());
      near(new double[] {Double.NaN, Double.NaN}, x.mean(1).toDoubles());
      near(new double[] {-INFINITE, -INFINITE}, x.logSumExp(1).toDoubles());
      near(new double[] {0, 0}, x.any(1).toDoubles());
      near(new double[] {1, 1}, x.all(1).toDoubles());
      near(new double[] {0, 0}, x.norm(2, 1).toDoubles());
      near(new double[] {Double.NaN, Double.NaN}, x.var(1).toDoubles());
      assertEquals(0, x.min(0).shape().size());
      for (UnaryOperator<Tensor> f :
          List.<UnaryOperator<Tensor>>of(
              t -> t.max(1),
              t -> t.min(1),
              t -> t.argMax(1),
              t -> t.argMin(),
              t -> t.norm(INFINITE, 1),
              t -> t.norm(-1, 1))) {
        assertThrows(ShapeException.class, () -> f.apply(x));
      }
      assertEquals(Double.NaN, Tensor.ones(1).var().item());
      assertEquals(0, Tensor.ones(1).var(new int[0], 0).item());
    }
  }

  @Example
  default void theGradientOfAProductIsRightAtZeros() {
    List<double[]> one = derivatives(x -> x.prod(), 2, 0, 3);
    near(new double[] {0, 6, 0}, one.get(1));
    near(new double[] {3, 5, 2}, one.get(2));
    List<double[]> two = derivatives(x -> x.prod(), 0, 0, 3);
    near(new double[] {0, 0, 0}, two.get(1));
    near(new double[] {3, 3, 0}, two.get(2));
  }

  @Example
  default void aNormOfZerosHasGradientsOfZero() {
    for (double p : new double[] {0, 0.5, 1, 1.5, 2, 3, -1, INFINITE, -INFINITE}) {
      List<double[]> d = derivatives(x -> x.norm(p), 0, 0);
      for (int order = 0; order < 3; order++) {
        near(new double[d.get(order).length], d.get(order));
      }
    }
    List<double[]> partly = derivatives(x -> x.norm(2), 0, 3);
    near(new double[] {0, 1}, partly.get(1));
    near(new double[] {1 / 3.0, 0}, partly.get(2));
    near(new double[2], derivatives(x -> x.std(new int[0], 0), 4, 4).get(1));
    near(new double[2], derivatives(x -> x.std(new int[0], 0), 4, 4).get(2));
  }

  /** The largest float squared is infinite, and the least is 0. */
  @Example
  default void normsNeitherOverflowNorUnderflow() {
    for (double p : new double[] {2, 3, -2}) {
      double root = Math.pow(2, 1 / p);
      for (double size : new double[] {1e30, 1e-30}) {
        List<double[]> d = derivatives(x -> x.norm(p), size, -size);
        assertEquals(root, d.get(0)[0] / size, 1e-5);
        near(new double[] {root / 2, -root / 2}, d.get(1));
      }
    }
  }

  @Example
  default void logSumExpIsExactAtTheInfinities() {
    near(new double[] {-INFINITE}, derivatives(x -> x.logSumExp(), -INFINITE, -INFINITE).get(0));
    near(new double[] {INFINITE}, derivatives(x -> x.logSumExp(), INFINITE, 1).get(0));
    near(new double[] {Double.NaN}, derivatives(x -> x.logSumExp(), Double.NaN, 1).get(0));
    List<double[]> d = derivatives(x -> x.logSumExp(), -INFINITE, 100, 100);
    near(new double[] {100 + Math.log(2)}, new double[] {d.get(0)[0]});
    near(new double[] {0, 0.5, 0.5}, d.get(1));
  }

  @Example
  default void oneInfiniteElementLeavesTheOthersAGradientOfVariance() {
    near(
        new double[] {-INFINITE, Double.NaN},
        derivatives(x -> x.var(new int[0], 0), 1, INFINITE).get(1));
  }
}
