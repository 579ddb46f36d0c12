package dev.teak.engine.check;

import dev.teak.engine.Autograd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Holds gradients against central differences. Runs on the current device; only in double precision
 * (device {@code reference}) do the default step and tolerance mean much.
 */
public final class GradCheck {
  /** Step of the central difference: near the cube root of double precision's epsilon. */
  private static final double STEP = 1e-5;

  /**
   * Largest error let through, relative to max(1, |numeric|): the difference's own is about 1e-9.
   */
  public static final double TOLERANCE = 1e-6;

  private GradCheck() {}

  /**
   * What a check found: the worst element.
   *
   * @param maxError largest |analytic - numeric| / max(1, |numeric|)
   * @param input number of the input that it belongs to
   * @param index flat index in that input
   * @param analytic gradient by autograd
   * @param numeric gradient by central differences
   */
  public record Report(double maxError, int input, int index, double analytic, double numeric) {
    /** Whether the worst element is within {@link #TOLERANCE}. */
    public boolean passed() {
      return maxError <= TOLERANCE;
    }

    @Override
    public String toString() {
      return String.format(
          "max error %.2e at input %d [%d]: analytic %.9g, numeric %.9g",
          maxError, input, index, analytic, numeric);
    }
  }

  /**
   * Checks the gradient of {@code f} in all its inputs, through a random projection of its output.
   */
  public static Report check(Function<List<Tensor>, Tensor> f, List<OpSample.Input> inputs) {
    List<double[]> analytic = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      List<Tensor> x = leaves(inputs);
      Autograd.Options unused = Autograd.Options.PLAIN.allowingUnused();
      for (Tensor g : Autograd.grad(project(f.apply(x)), x, unused)) {
        analytic.add(g == null ? null : g.toDoubles());
      }
    }
    Report worst = new Report(0, 0, 0, 0, 0);
    for (int i = 0; i < inputs.size(); i++) {
      for (int j = 0; j < inputs.get(i).values().length; j++) {
        double a = analytic.get(i) == null ? 0 : analytic.get(i)[j];
        double n = (valueAt(f, inputs, i, j, STEP) - valueAt(f, inputs, i, j, -STEP)) / (2 * STEP);
        double error = Math.abs(a - n) / Math.max(1, Math.abs(n));
        if (!(error <= worst.maxError)) {
          worst = new Report(Double.isNaN(error) ? Double.POSITIVE_INFINITY : error, i, j, a, n);
        }
      }
    }
    return worst;
  }

  /** Checks the gradient of the gradient: every vjp is made of ops, so it has one. */
  public static Report checkSecondOrder(
      Function<List<Tensor>, Tensor> f, List<OpSample.Input> inputs) {
    return check(
        x -> {
          Autograd.Options graph = Autograd.Options.PLAIN.withGraph().allowingUnused();
          Tensor sum = Tensor.scalar(0);
          Tensor y = project(f.apply(x));
          if (!y.requiresGrad()) {
            // The numeric side runs on plain values: differentiate with respect to fresh leaves.
            List<Tensor> fresh = x.stream().map(t -> t.detach().requiresGrad(true)).toList();
            return sum.add(projectAll(Autograd.grad(project(f.apply(fresh)), fresh, graph)));
          }
          return sum.add(projectAll(Autograd.grad(y, x, graph)));
        },
        inputs);
  }

  private static Tensor projectAll(List<Tensor> gradients) {
    Tensor sum = Tensor.scalar(0);
    for (Tensor g : gradients) {
      if (g != null) {
        sum = sum.add(project(g));
      }
    }
    return sum;
  }

  private static List<Tensor> leaves(List<OpSample.Input> inputs) {
    return inputs.stream().map(in -> in.tensor().requiresGrad(true)).toList();
  }

  /** A scalar with a different weight, in [0.5, 1.5), for every element: no error can cancel. */
  private static Tensor project(Tensor y) {
    Shape shape = y.shape();
    return y.mul(new RandomStream(1, "gradcheck").uniform(shape).add(0.5)).sum();
  }

  private static double valueAt(
      Function<List<Tensor>, Tensor> f, List<OpSample.Input> inputs, int i, int j, double step) {
    try (Scope scope = Scope.open()) {
      List<Tensor> x = new ArrayList<>();
      for (int k = 0; k < inputs.size(); k++) {
        double[] values = inputs.get(k).values().clone();
        if (k == i) {
          values[j] += step;
        }
        x.add(Tensor.of(values, inputs.get(k).dims()));
      }
      return project(f.apply(x)).item();
    }
  }
}
