package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.OnBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;

/** The part of {@link OpContract} about ops at their corners, where numbers are known by heart. */
public interface SpecialValuesContract extends OnBackend {
  double INF = Double.POSITIVE_INFINITY;

  /** Value, gradient and second derivative of f, the gradient of the output being all ones. */
  private List<double[]> derivatives(UnaryOperator<Tensor> f, double... at) {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(at, at.length).requiresGrad(true);
      Tensor y = f.apply(x);
      Autograd.Options graph = Autograd.Options.PLAIN.withGraph();
      Tensor g = Autograd.grad(y.sum(), List.of(x), graph).get(0);
      List<double[]> all = new ArrayList<>(List.of(y.toDoubles(), g.toDoubles()));
      Tensor zero = x.mul(0).sum(); // a gradient that is constant has no graph
      Tensor sum = g.sum().add(zero);
      all.add(Autograd.grad(sum, List.of(x), Autograd.Options.PLAIN).get(0).toDoubles());
      return all;
    }
  }

  /** Equal, or within a part of the expected value, and a subnormal may be 0. */
  private static void near(double[] expected, double[] actual, double part, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertTrue(
          close(expected[i], actual[i], part),
          what + " [" + i + "]: " + expected[i] + ", got " + actual[i]);
    }
  }

  private static boolean close(double expected, double actual, double part) {
    return Double.compare(expected, actual) == 0
        || expected == actual
        || Math.abs(expected - actual) <= part * Math.abs(expected) + Float.MIN_NORMAL;
  }

  private boolean flushes() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      return Tensor.of(new float[] {1e-40f}, 1).mul(2).item() == 0;
    }
  }

  @Example
  default void everySpecialValueAndItsGradientIsTheReferences() {
    boolean single = backend().floatType() == DType.FLOAT32;
    boolean flushes = flushes();
    for (SpecialValues row : SpecialValues.all()) {
      List<double[]> expected = row.run(Devices.open("reference"), SpecialValues.INPUTS);
      List<Float> flushed =
          SpecialValues.INPUTS.stream().map(SpecialValuesContract::flushed).toList();
      List<double[]> ofZero =
          row.run(Devices.open("reference"), flushes ? flushed : SpecialValues.INPUTS);
      List<double[]> actual = row.run(backend(), SpecialValues.INPUTS);
      for (int order = 0; order < 2; order++) {
        for (int i = 0; i < SpecialValues.INPUTS.size(); i++) {
          double a = actual.get(order)[i];
          double e = single ? (float) expected.get(order)[i] : expected.get(order)[i];
          double z = single ? (float) ofZero.get(order)[i] : ofZero.get(order)[i];
          String what =
              row.name() + (order == 0 ? " of " : "'s gradient at ") + SpecialValues.INPUTS.get(i);
          // 1 - y^2 and y (1 - y) of a y that is rounded are 0 where a y in doubles leaves
          // something.
          boolean rounded = single && order == 1 && Math.abs(e - a) <= 0x1p-22;
          assertTrue(
              rounded || close(e, a, 1e-5) || close(z, a, 1e-5), what + ": " + e + ", got " + a);
        }
      }
    }
  }

  private static Float flushed(Float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }

  private void cutsOff(UnaryOperator<Tensor> f, double[] at, double[] gradient, double[] second) {
    List<double[]> d = derivatives(f, at);
    near(gradient, d.get(1), 1e-6, "gradient");
    near(second, d.get(2), 1e-6, "second derivative");
  }

  /** A choice that multiplied by 0 would make NaN of the infinite gradient of sqrt or log at 0. */
  @Example
  default void aGradientThatIsCutOffIsZeroHoweverLargeItWas() {
    double[] x = {-1, 0.25};
    double[] gradient = {0, 1};
    double[] second = {0, -2};
    cutsOff(t -> t.clip(0, 1).sqrt(), x, gradient, second);
    cutsOff(t -> t.maximum(0).sqrt(), x, gradient, second);
    cutsOff(t -> t.maximum(Tensor.zeros(2)).sqrt(), x, gradient, second);
    cutsOff(t -> Tensor.zeros(2).maximum(t).sqrt(), x, gradient, second);
    cutsOff(t -> t.neg().minimum(0).neg().sqrt(), x, gradient, second);
    cutsOff(t -> t.neg().minimum(Tensor.zeros(1)).neg().sqrt(), x, gradient, second);
    cutsOff(t -> t.relu().sqrt(), x, gradient, second);
    cutsOff(t -> t.gt(0).where(t, Tensor.scalar(0)).sqrt(), x, gradient, second);
    cutsOff(
        t -> t.clip(0, 1).log(), new double[] {-1, 0.5}, new double[] {0, 2}, new double[] {0, -4});
    cutsOff(t -> t.abs().sqrt(), new double[] {0, 0.25}, gradient, second);
    cutsOff(t -> t.pow(0).sub(1).sqrt(), new double[] {-1, 3}, new double[2], new double[2]);
    cutsOff(
        t -> t.pow(Tensor.zeros(2)).sub(1).sqrt(),
        new double[] {-1, 3},
        new double[2],
        new double[2]);
    cutsOff(t -> Tensor.zeros(2).pow(t).sqrt(), new double[] {1, 2}, new double[2], new double[2]);
    cutsOff(
        t -> Tensor.concat(1, List.of(t.reshape(2, 1), Tensor.zeros(2, 1))).max(1).sqrt(),
        x,
        gradient,
        second);
  }

  @Example
  default void whatDropoutDropsStaysDroppedAtInfinity() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(64).mul(INF);
      for (double y : Functional.dropout(x, 0.5, new RandomStream(1, "drop")).toDoubles()) {
        assertTrue(y == 0 || y == INF, () -> "0 or infinity, got " + y);
      }
    }
  }

  @Example
  default void anImpossibleClassCostsNothingWhereItDoesNotCome() {
    Function<Tensor, Tensor> loss =
        t ->
            Losses.crossEntropy(
                t.reshape(1, 3),
                Tensor.of(new float[] {0.5f, 0.5f, 0}, 1, 3),
                Losses.Reduction.NONE);
    List<double[]> d = derivatives(loss::apply, 0, 0, Double.NEGATIVE_INFINITY);
    near(new double[] {Math.log(2)}, d.get(0), 1e-6, "loss");
    near(new double[] {0, 0, 0}, d.get(1), 1e-6, "gradient");
  }

  @Example
  default void eluIsDifferentiableAtZeroAndAccurateNearIt() {
    double[] x = {0, -1e-8, -1e-4, 1, -INF, INF, -15};
    List<double[]> d = derivatives(t -> Functional.elu(t, 1), x);
    double[] y = {0, -1e-8, -9.999500016666e-5, 1, -1, INF, Math.expm1(-15)};
    near(y, d.get(0), 4e-7, "elu");
    near(new double[] {1, 1, 0.9999, 1, 0, 1, Math.exp(-15)}, d.get(1), 4e-7, "gradient");
    near(new double[] {1, 1, 0.9999, 0, 0, 0, Math.exp(-15)}, d.get(2), 4e-7, "second");
    d = derivatives(t -> Functional.elu(t, 0.5), 0, -2, 2);
    near(new double[] {0, 0.5 * Math.expm1(-2), 2}, d.get(0), 4e-7, "elu(0.5)");
    near(new double[] {0.5, 0.5 * Math.exp(-2), 1}, d.get(1), 4e-7, "gradient");
  }

  @Example
  default void leakyReluHasTheSlopeAtZeroAndNoProductAtInfinity() {
    double[] x = {0, INF, -2, 2, -INF};
    List<double[]> d = derivatives(t -> Functional.leakyRelu(t, 0.1), x);
    near(new double[] {0, INF, -0.2, 2, -INF}, d.get(0), 4e-7, "leaky relu");
    near(new double[] {0.1, 1, 0.1, 1, 0.1}, d.get(1), 4e-7, "gradient");
    near(new double[5], d.get(2), 4e-7, "second");
    near(
        new double[] {INF}, derivatives(t -> Functional.leakyRelu(t, 0), INF).get(0), 0, "slope 0");
  }

  /** The numbers are PyTorch's in double precision, but for the limits at the infinities. */
  @Example
  default void geluKeepsItsDigitsInTheTails() {
    double[] x = {0, -4, -15, 15, -INF, INF, -9};
    List<double[]> d = derivatives(Functional::gelu, x);
    double[] y = {0, -1.2668496733247991e-4, -5.5e-50, 15, 0, INF, -1.0157295653584556e-18};
    near(y, d.get(0), 4e-6, "gelu");
    double[] g = {0.5, -5.036496612264215e-4, 0, 1, 0, 1, -9.138937373906637e-18};
    near(g, d.get(1), 4e-6, "gradient");
    double[] h = {0.7978845608028654, -1.8736231607083952e-3, 0, 0, 0, 0, -8.121021121618443e-17};
    near(h, d.get(2), 4e-6, "second");
  }

  /** As above, of the tanh form. */
  @Example
  default void theTanhFormOfGeluKeepsItsDigitsInTheTails() {
    double[] x = {0, -4, 15, -INF, INF};
    List<double[]> d = derivatives(t -> Functional.gelu(t, "tanh"), x);
    near(new double[] {0, -7.024594819227126e-5, 15, 0, INF}, d.get(0), 4e-6, "gelu");
    near(new double[] {0.5, -3.3512319710218684e-4, 1, 0, 1}, d.get(1), 4e-6, "gradient");
    double[] second = {0.7978845608028654, -1.4740596637657867e-3, 0, 0, 0};
    near(second, d.get(2), 4e-6, "second");
  }

  @Example
  default void powersAreThoseOfC() {
    double nan = Double.NaN;
    double[] base = {1, 1, 1, -1, -1, nan, 0, 0, -INF, 1, 2};
    double[] exponent = {INF, -INF, nan, INF, -INF, 0, 0, -1, 3, 5, nan};
    double[] power = {1, 1, 1, 1, 1, 1, 1, INF, -INF, 1, nan};
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor a = Tensor.of(base, base.length);
      near(power, a.pow(Tensor.of(exponent, base.length)).toDoubles(), 0, "pow");
      for (int i = 0; i < base.length; i++) {
        Tensor one = Tensor.of(new double[] {base[i]}, 1);
        near(new double[] {power[i]}, one.pow(exponent[i]).toDoubles(), 0, "pow of a scalar");
      }
    }
  }

  /** A driver may take subnormals for zeros, but not for other numbers. */
  @Example
  default void subnormalsAreThemselvesOrZero() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1e-40, 1.18e-38, -1e-40, -1.18e-38}, 4);
      double[] same = {1e-40, 1.18e-38, -1e-40, -1.18e-38};
      near(same, x.pow(1).toDoubles(), 0, "pow");
      near(same, x.sin().toDoubles(), 1e-6, "sin");
      near(same, x.tanh().toDoubles(), 1e-6, "tanh");
      near(same, x.expm1().toDoubles(), 1e-6, "expm1");
      near(new double[] {1, 1, 1, 1}, x.cos().toDoubles(), 0, "cos");
      near(new double[] {0, 0, 0, 0}, x.pow(2).toDoubles(), 0, "square");
      for (double y : x.clip(0, 1).toDoubles()) {
        assertTrue(y >= 0, () -> "clip(0, 1) gives " + y);
      }
      for (double y : x.maximum(0).toDoubles()) {
        assertTrue(y >= 0, () -> "maximum(0) gives " + y);
      }
      for (double y : x.minimum(0).toDoubles()) {
        assertTrue(y <= 0, () -> "minimum(0) gives " + y);
      }
    }
  }

  @Example
  default void tanhReachesOne() {
    double[] y = derivatives(Tensor::tanh, 10, -10, 1e30, -INF).get(0);
    if (backend().floatType() == DType.FLOAT32) {
      near(new double[] {1, -1, 1, -1}, y, 1e-30, "tanh");
    }
    near(new double[] {0, 0}, derivatives(Tensor::tanh, 30, -INF).get(1), 0, "gradient");
  }

  /** NaN compares as false, so a gradient that is chosen by a comparison is not let through. */
  @Example
  default void atNotANumberAChoiceLetsNoGradientThrough() {
    double nan = Double.NaN;
    near(new double[] {0}, derivatives(Tensor::relu, nan).get(1), 0, "relu");
    near(new double[] {0}, derivatives(t -> t.maximum(0), nan).get(1), 0, "maximum");
    near(new double[] {0}, derivatives(t -> t.minimum(Tensor.zeros(1)), nan).get(1), 0, "minimum");
    near(new double[] {0}, derivatives(t -> t.clip(0, 1), nan).get(1), 0, "clip");
    near(new double[] {nan}, derivatives(Tensor::sign, nan).get(0), 0, "sign");
  }
}
