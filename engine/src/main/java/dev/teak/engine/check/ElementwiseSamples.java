package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WithScalar;
import java.util.Arrays;
import java.util.List;

/** Samples of what is computed element by element. */
final class ElementwiseSamples {
  private final Draws d;

  private ElementwiseSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    ElementwiseSamples s = new ElementwiseSamples(d);
    s.elementwise();
    s.activations();
    s.composed();
    s.dropping();
  }

  private void elementwise() {
    for (Unary op : Unary.ALL) {
      boolean positive = List.of(Unary.LOG, Unary.LOG1P, Unary.SQRT, Unary.RECIPROCAL).contains(op);
      int[] dims = d.dims();
      d.add(
          op.name(),
          x -> op.apply(x.get(0)),
          positive ? d.spread(0.3, 3, dims) : d.awayFromKinks(dims));
    }
    for (Binary op : Binary.ALL) {
      int[] dims = d.dims();
      int[] narrow = dims.clone();
      narrow[d.random.nextInt(dims.length)] = 1;
      int[] suffix = Arrays.copyOfRange(dims, d.random.nextInt(dims.length), dims.length);
      String exempt = op.isDifferentiable() ? null : op.info().vjp();
      boolean powers = op == Binary.POW || op == Binary.DIV || op == Binary.FMOD;
      for (int[] other : List.of(dims, narrow, suffix)) {
        boolean bent = op == Binary.LEAKY_RELU || op == Binary.ELU; // at 0
        Input a =
            bent
                ? d.awayFromKinks(dims)
                : Draws.onGrid(1, powers ? d.spread(0.4, 2.5, dims) : d.values(dims));
        Input b =
            bent
                ? d.awayFromKinks(other)
                : Draws.onGrid(
                    0, powers ? d.spread(0.53, 1.9, other) : d.spread(-1.83, 2.23, other));
        d.addExempt(op.name(), exempt, x -> op.apply(x.get(0), x.get(1)), a, b);
        if (op != Binary.FMOD) { // which jumps where b is twice a
          d.addExempt(op.name(), exempt, x -> op.apply(x.get(1), x.get(0)), a, b);
        }
      }
      double value = 0.3137;
      d.addExempt(
          op.name(),
          exempt,
          x -> WithScalar.apply(op, x.get(0), value),
          powers ? Draws.onGrid(1, d.spread(0.4, 2.5, dims)) : d.awayFromKinks(dims));
    }
    int[] e = d.dims();
    d.add(
        "relu_grad",
        x -> Binary.RELU_GRAD.apply(x.get(0), x.get(1)),
        d.awayFromKinks(e),
        d.values(e));
    d.add("clip", x -> x.get(0).clip(-0.7131, 0.9137), d.values(d.dims()));
    int[] dims = d.dims();
    d.add(
        "where",
        x -> x.get(0).gt(0.1).where(x.get(1), x.get(2)),
        d.values(dims),
        d.values(dims),
        d.values());
  }

  private void activations() {
    int[] dims = d.dims();
    d.add("softplus", x -> Functional.softplus(x.get(0), 2, 1.3), d.awayFromKinks(dims));
    d.add("logsigmoid", x -> Functional.logsigmoid(x.get(0)), d.values(dims));
    d.add("mish", x -> Functional.mish(x.get(0)), d.values(dims));
    d.add("hardsigmoid", x -> Functional.hardsigmoid(x.get(0)), d.values(dims));
    d.add("relu6", x -> Functional.relu6(x.get(0)), d.spread(4.1, 7.9, d.upTo(5), 2));
    d.add("hardswish", x -> Functional.hardswish(x.get(0)), d.spread(-4, 3.9, d.upTo(5), 4));
    d.add("selu", x -> Functional.selu(x.get(0)), d.awayFromKinks(dims));
    d.add(
        "prelu",
        x -> Functional.prelu(x.get(0), x.get(1)),
        d.awayFromKinks(dims),
        d.values(dims[dims.length - 1]));
  }

  private void composed() {
    int[] dims = d.dims();
    Input positive = d.spread(0.3, 3, dims);
    d.add("rsqrt", x -> x.get(0).rsqrt(), positive);
    d.add("trunc", x -> x.get(0).trunc(), d.awayFromKinks(dims));
    d.add(
        "remainder",
        x -> x.get(0).remainder(x.get(1)),
        Draws.onGrid(1, d.spread(-2.5, 2.5, dims)),
        Draws.onGrid(0, d.spread(-1.9, -0.53, dims)));
    d.add("lerp", x -> x.get(0).lerp(x.get(1), 0.7), d.values(dims), d.values(dims));
    d.add("nan_to_num", x -> x.get(0).nanToNum(0, 1, -1), d.values(dims));
    d.add("softmax", x -> x.get(0).softmax(0), d.values(dims));
    d.add("log_softmax", x -> x.get(0).logSoftmax(0), d.values(dims));
  }

  private void dropping() {
    int[] dims = {d.upTo(3), d.upTo(3), d.upTo(4)};
    d.add(
        "dropout",
        x -> Functional.dropout(x.get(0), 0.4, new RandomStream(3, "drop")),
        d.values(dims));
    d.add(
        "dropout2d",
        x -> Functional.dropout2d(x.get(0), 0.4, new RandomStream(3, "drop")),
        d.values(dims));
    d.add(
        "stochastic_depth",
        x -> Functional.stochasticDepth(x.get(0), 0.4, "row", new RandomStream(3, "drop")),
        d.values(dims));
  }
}
