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
  }

  private void elementwise() {
    for (Unary op : Unary.ALL) {
      boolean positive = op == Unary.LOG || op == Unary.SQRT || op == Unary.RECIPROCAL;
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
      boolean powers = op == Binary.POW || op == Binary.DIV;
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
        d.addExempt(op.name(), exempt, x -> op.apply(x.get(1), x.get(0)), a, b);
      }
      double value = 0.3137;
      d.addExempt(
          op.name(),
          exempt,
          x -> WithScalar.apply(op, x.get(0), value),
          powers ? d.spread(0.4, 2.5, dims) : d.awayFromKinks(dims));
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
    d.add(
        "dropout",
        x -> Functional.dropout(x.get(0), 0.4, new RandomStream(3, "drop")),
        d.values(dims));
  }
}
