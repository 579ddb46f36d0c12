package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/** Samples of losses. */
final class LossSamples {
  private final Draws d;

  private LossSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    LossSamples s = new LossSamples(d);
    s.losses();
  }

  private void losses() {
    int n = 1 + d.upTo(3);
    int c = d.upTo(5);
    int[] labels = d.random.ints(n, 0, c).toArray();
    d.add(
        "cross_entropy",
        x -> Functional.crossEntropy(x.get(0), Tensor.ofInts(labels, n)),
        d.values(n, c));
    d.add(
        "soft_cross_entropy",
        x -> Functional.crossEntropy(x.get(0), x.get(1).softmax()),
        d.values(n, c),
        d.values(n, c));
    d.add("mse", x -> Functional.mse(x.get(0), x.get(1)), d.values(n, c), d.values(n, c));
  }
}
