package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/** Samples of what makes one number of many. */
final class ReductionSamples {
  private final Draws d;

  private ReductionSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    ReductionSamples s = new ReductionSamples(d);
    s.reductions();
  }

  private void reductions() {
    int[] dims = {d.upTo(4), d.upTo(5), d.upTo(4), d.upTo(6)};
    d.add("sum", x -> x.get(0).sum(), d.values(dims));
    d.add("sum", x -> x.get(0).sum(0, 1, 2), d.values(dims));
    d.add("sum", x -> x.get(0).sumKeepDims(1, 3), d.values(dims));
    d.add("mean", x -> x.get(0).mean(), d.values(dims));
    d.add("mean", x -> x.get(0).mean(1, 2), d.values(dims));
    d.add("max", x -> x.get(0).max(), d.values(dims));
    d.add("max", x -> x.get(0).maxKeepDims(-1), d.values(dims));
    d.add("max", x -> x.get(0).max(0, 2), d.values(dims));
    d.add("softmax", x -> x.get(0).softmax(), d.values(dims));
    d.add("log_softmax", x -> x.get(0).logSoftmax(), d.values(dims));
    d.addExempt(
        "arg_max",
        "none: a place is a whole number, constant wherever it does not jump",
        x -> {
          Tensor t = x.get(0);
          int classes = t.shape().dim(-1);
          return Functional.oneHot(t.argMax(-1).reshape(-1), classes);
        },
        d.values(dims));
  }
}
