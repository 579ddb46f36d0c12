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
    s.moments();
    s.norms();
    s.order();
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
          return Functional.oneHot(t.argMax(-1), classes);
        },
        d.values(dims));
  }

  private void moments() {
    int[] dims = {d.upTo(3), 1 + d.upTo(4), 1 + d.upTo(3)};
    d.add("min", x -> x.get(0).min(), d.values(dims));
    d.add("min", x -> x.get(0).minKeepDims(0, -1), d.values(dims));
    d.add("prod", x -> x.get(0).prod(1), d.values(dims));
    d.add("prod", x -> x.get(0).prodKeepDims(0, 2), d.values(dims));
    d.add(
        "prod", x -> x.get(0).mul(Tensor.of(new double[] {0, 1}, 2, 1)).prod(0), d.values(dims[1]));
    d.add("var", x -> x.get(0).var(), d.values(dims));
    d.add("var", x -> x.get(0).var(new int[] {0, 1}, 0), d.values(dims));
    d.add("std", x -> x.get(0).std(), d.values(dims));
    d.add("std", x -> x.get(0).stdKeepDims(new int[] {-1}, 1), d.values(dims));
    d.add("log_sum_exp", x -> x.get(0).logSumExp(), d.values(dims));
    d.add("log_sum_exp", x -> x.get(0).mul(9).logSumExpKeepDims(1), d.values(dims));
    d.add("cumsum", x -> x.get(0).cumSum(0), d.values(dims));
    d.add("cumsum", x -> x.get(0).cumSum(-2).square(), d.values(dims));
  }

  private void norms() {
    int[] dims = {d.upTo(3), d.upTo(4), 1 + d.upTo(3)};
    double infinity = Double.POSITIVE_INFINITY;
    for (double p : new double[] {0, 1, 2, 0.5, 1.5, 3, -1, infinity, -infinity}) {
      d.add("norm", x -> x.get(0).norm(p, 1, 2), d.awayFromKinks(dims));
    }
    d.add("norm", x -> x.get(0).normKeepDims(2, 0).mul(x.get(0)), d.values(dims));
    d.add("norm", x -> x.get(0).norm(2), d.values(dims));
  }

  private void order() {
    int[] dims = {d.upTo(3), 1 + d.upTo(7), d.upTo(3)};
    int k = d.upTo(dims[1]);
    boolean largest = d.random.nextBoolean();
    d.add("topk", x -> x.get(0).topK(k, 1, largest).values(), d.values(dims));
    d.add("sort", x -> x.get(0).sort(-2, largest).values().cumSum(1), d.values(dims));
    String exempt = "none: a place is a whole number, constant wherever it does not jump";
    d.addExempt("arg_sort", exempt, x -> x.get(0).argSort(1, largest).toFloat(), d.values(dims));
    d.addExempt("arg_min", exempt, x -> x.get(0).argMin(0).toFloat(), d.values(dims));
    d.addExempt("any", exempt, x -> x.get(0).gt(1.5).any(1), d.values(dims));
    d.addExempt("all", exempt, x -> x.get(0).lt(1.5).allKeepDims(0, 2), d.values(dims));
  }
}
