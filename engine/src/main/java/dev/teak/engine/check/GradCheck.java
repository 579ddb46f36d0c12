package dev.teak.engine.check;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Holds gradients against central differences, in double precision: run it inside {@code try
 * (Devices.Use use = Devices.use("reference"))}. Inputs should lie away from kinks and ties.
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
   * @param input number of the input that it belongs to; in a check of second order the one behind
   *     the last is the gradient of the output
   * @param index index in that input, an entry for each axis
   * @param analytic gradient by autograd
   * @param numeric gradient by central differences
   */
  public record Report(
      double maxError, int input, List<Integer> index, double analytic, double numeric) {
    /** Whether the worst element is within {@link #TOLERANCE}. */
    public boolean passed() {
      return maxError <= TOLERANCE;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: error %.2e at input %d %s: analytic %.9g, numeric %.9g",
          passed() ? "passed" : "FAILED",
          maxError,
          input,
          index,
          analytic,
          numeric);
    }
  }

  /** As {@link #check(Function, List)}. */
  public static Report check(Function<List<Tensor>, Tensor> f, Tensor... inputs) {
    return check(f, List.of(inputs));
  }

  /**
   * Checks the gradient of {@code f} in all its inputs, through a random projection of its output.
   *
   * @param f made of ops; the same result for the same inputs every time
   * @param inputs on the current device, which computes in double precision
   * @throws IllegalStateException if f is random, or the device computes in single precision
   */
  public static Report check(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
    List<double[]> values = values(inputs);
    requireSameTwice(f, inputs, values);
    List<double[]> analytic = analytic(f, inputs, values);
    Report worst = new Report(0, 0, List.of(), 0, 0);
    for (int i = 0; i < inputs.size(); i++) {
      for (int j = 0; j < values.get(i).length; j++) {
        double a = analytic.get(i)[j];
        double up = valueAt(f, inputs, values, i, j, STEP);
        double down = valueAt(f, inputs, values, i, j, -STEP);
        double n = (up - down) / (2 * STEP);
        double error = Math.abs(a - n) / Math.max(1, Math.abs(n));
        if (!(error <= worst.maxError) || worst.index.isEmpty()) {
          List<Integer> index = Arrays.stream(inputs.get(i).shape().index(j)).boxed().toList();
          worst =
              new Report(Double.isNaN(error) ? Double.POSITIVE_INFINITY : error, i, index, a, n);
        }
      }
    }
    return worst;
  }

  /** As {@link #checkSecondOrder(Function, List)}. */
  public static Report checkSecondOrder(Function<List<Tensor>, Tensor> f, Tensor... inputs) {
    return checkSecondOrder(f, List.of(inputs));
  }

  /**
   * Checks the gradient of the gradient: that of the vjp of {@code f}, in all its inputs and in the
   * gradient of the output that the vjp starts from.
   *
   * @throws IllegalStateException as {@link #check(Function, List)}
   */
  public static Report checkSecondOrder(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
    Tensor gradient;
    try (Scope scope = Scope.open()) {
      gradient = scope.keep(weights(f.apply(inputs).shape()));
    }
    List<Tensor> all = new ArrayList<>(inputs);
    all.add(gradient);
    return check(
        in -> {
          int last = in.size() - 1;
          // The numeric side runs on plain values: differentiate with respect to fresh leaves.
          List<Tensor> x =
              in.subList(0, last).stream()
                  .map(t -> t.requiresGrad() ? t : t.detach().requiresGrad(true))
                  .toList();
          Autograd.Options graph = Autograd.Options.PLAIN.withGraph().allowingUnused();
          Tensor sum = Tensor.scalar(0);
          for (Tensor g : Autograd.grad(f.apply(x), x, graph.withSeed(in.get(last)))) {
            sum = g == null ? sum : sum.add(project(g));
          }
          return sum;
        },
        all);
  }

  private static List<double[]> values(List<Tensor> inputs) {
    if (Devices.current().floatType() != DType.FLOAT64) {
      throw new IllegalStateException(
          "gradcheck: device "
              + Devices.current().name()
              + " computes in single precision, where a finite difference says little; use"
              + " Devices.use(\"reference\")");
    }
    return inputs.stream().map(Tensor::toDoubles).toList();
  }

  private static void requireSameTwice(
      Function<List<Tensor>, Tensor> f, List<Tensor> inputs, List<double[]> values) {
    double first = valueAt(f, inputs, values, 0, 0, 0);
    double second = valueAt(f, inputs, values, 0, 0, 0);
    if (Double.compare(first, second) != 0) {
      throw new IllegalStateException(
          "gradcheck: the function gave "
              + first
              + ", then "
              + second
              + " for the same inputs; what is random in it must begin its stream anew at every"
              + " call");
    }
  }

  /** The gradients by autograd; zeros where nothing leads to an input. */
  private static List<double[]> analytic(
      Function<List<Tensor>, Tensor> f, List<Tensor> inputs, List<double[]> values) {
    List<double[]> analytic = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      List<Tensor> x = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        x.add(Tensor.of(values.get(i), inputs.get(i).shape().dims()).requiresGrad(true));
      }
      Autograd.Options unused = Autograd.Options.PLAIN.allowingUnused();
      List<Tensor> gradients = Autograd.grad(project(f.apply(x)), x, unused);
      for (int i = 0; i < gradients.size(); i++) {
        Tensor g = gradients.get(i);
        analytic.add(g == null ? new double[values.get(i).length] : g.toDoubles());
      }
    }
    return analytic;
  }

  /** A scalar with a different weight for every element: no error can cancel. */
  private static Tensor project(Tensor y) {
    return y.mul(weights(y.shape())).sum();
  }

  /** Numbers in [0.5, 1.5), always the same. */
  private static Tensor weights(Shape shape) {
    return new RandomStream(1, "gradcheck").uniform(shape).add(0.5);
  }

  private static double valueAt(
      Function<List<Tensor>, Tensor> f,
      List<Tensor> inputs,
      List<double[]> values,
      int i,
      int j,
      double step) {
    try (Scope scope = Scope.open()) {
      List<Tensor> x = new ArrayList<>();
      for (int k = 0; k < inputs.size(); k++) {
        double[] v = values.get(k).clone();
        if (k == i && step != 0) {
          v[j] += step;
        }
        x.add(Tensor.of(v, inputs.get(k).shape().dims()));
      }
      return project(f.apply(x)).item();
    }
  }
}
