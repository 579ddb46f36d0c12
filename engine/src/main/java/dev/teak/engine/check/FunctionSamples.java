package dev.teak.engine.check;

import dev.teak.engine.CustomOp;
import dev.teak.engine.Recompute;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** Samples of what wraps a function of the user's own. */
final class FunctionSamples {
  private final Draws d;

  private FunctionSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    FunctionSamples s = new FunctionSamples(d);
    s.functions();
  }

  private void functions() {
    int[] dims = d.dims();
    CustomOp product =
        CustomOp.of(
            "product",
            (List<Tensor> in) -> in.get(0).mul(in.get(1)),
            (g, call) -> new Tensor[] {g.mul(call.input(1)), g.mul(call.input(0))});
    d.add("custom", x -> product.apply(x.get(0), x.get(1)), d.values(dims), d.values(dims));
    d.add("straight_through", x -> shifted().apply(x.get(0)), d.values(dims));
    d.add("bpda", x -> Surrogate.bpda(Tensor::tanh, Tensor::tanh).apply(x.get(0)), d.values(dims));
    d.add(
        "recompute",
        x -> Recompute.of(t -> t.tanh().mul(x.get(1)).mul(t), x.get(0)),
        d.values(dims),
        d.values(dims));
  }

  private static UnaryOperator<Tensor> shifted() {
    return Surrogate.straightThrough(t -> t.add(0.5)); // whose gradient is the identity's indeed
  }
}
