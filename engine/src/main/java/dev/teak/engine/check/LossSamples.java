package dev.teak.engine.check;

import dev.teak.engine.Losses;
import dev.teak.engine.Losses.Reduction;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;
import java.util.List;
import java.util.function.Function;

/** Samples of losses. */
final class LossSamples {
  private final Draws d;
  private final int n;
  private final int c;

  private LossSamples(Draws d) {
    this.d = d;
    n = 1 + d.upTo(3);
    c = 1 + d.upTo(4);
  }

  static void addTo(Draws d) {
    LossSamples s = new LossSamples(d);
    s.classes();
    s.softClasses();
    s.margins();
    s.distances();
    s.probabilities();
  }

  private void classes() {
    int[] labels = d.random.ints(n, 0, c).toArray();
    int[] some = labels.clone();
    some[0] = -100;
    double[] weights = d.spread(0.5, 1.5, c).values();
    for (Reduction r : List.of(Reduction.NONE, Reduction.MEAN)) {
      d.add(
          "cross_entropy",
          x -> Losses.crossEntropy(x.get(0), Tensor.ofInts(labels, n), r),
          d.values(n, c));
      d.add(
          "cross_entropy",
          x ->
              Losses.crossEntropy(
                  x.get(0),
                  Tensor.ofInts(some, n),
                  Losses.Options.DEFAULT
                      .withWeight(Tensor.of(weights, c))
                      .withLabelSmoothing(0.2)
                      .withReduction(r)),
          d.values(n, c));
    }
    d.add(
        "nll",
        x ->
            Losses.nll(
                x.get(0),
                Tensor.ofInts(some, n),
                Losses.Options.DEFAULT.withWeight(Tensor.of(weights, c))),
        d.values(n, c));
    d.add(
        "multi_margin",
        x ->
            Losses.multiMargin(
                x.get(0), Tensor.ofInts(labels, n), 2, 5, Tensor.of(weights, c), Reduction.MEAN),
        d.values(n, c));
  }

  private void softClasses() {
    double[] weights = d.spread(0.5, 1.5, c).values();
    d.add(
        "soft_cross_entropy",
        x -> Losses.crossEntropy(x.get(0), x.get(1).softmax(), Reduction.NONE),
        d.values(n, c),
        d.values(n, c));
    d.add(
        "soft_cross_entropy",
        x ->
            Losses.crossEntropy(
                x.get(0),
                x.get(1).softmax(),
                Losses.Options.DEFAULT.withWeight(Tensor.of(weights, c)).withLabelSmoothing(0.3)),
        d.values(n, c),
        d.values(n, c));
  }

  /** Targets of 1 and -1 are constants, and inputs far from where a hinge bends. */
  private void margins() {
    double[] sides = d.random.ints(n, 0, 2).asDoubleStream().map(v -> 2 * v - 1).toArray();
    d.add(
        "hinge_embedding",
        x -> Losses.hingeEmbedding(x.get(0), Tensor.of(sides, n), 1, Reduction.SUM),
        d.spread(0.1, 0.9, n));
    d.add(
        "margin_ranking",
        x -> Losses.marginRanking(x.get(0), x.get(1), Tensor.of(sides, n), 9, Reduction.MEAN),
        d.values(n),
        d.values(n));
    d.add(
        "cosine_embedding",
        x -> Losses.cosineEmbedding(x.get(0), x.get(1), Tensor.of(sides, n), -1.5, Reduction.NONE),
        d.values(n, c),
        d.values(n, c));
    d.add(
        "cosine_similarity",
        x -> Losses.cosineSimilarity(x.get(0), x.get(1), -1, 1e-8),
        d.values(n, c),
        d.values(1, c));
  }

  private void distances() {
    loss("mse", x -> Losses.mse(x.get(0), x.get(1)));
    loss("l1", x -> Losses.l1(x.get(0), x.get(1), Reduction.NONE));
    loss("huber", x -> Losses.huber(x.get(0), x.get(1), Reduction.BATCH_MEAN, 1.303));
    loss("smooth_l1", x -> Losses.smoothL1(x.get(0), x.get(1), Reduction.SUM, 0.703));
  }

  /** No two inputs are equal, nor differ by what a loss bends at. */
  private void loss(String name, Function<List<Tensor>, Tensor> f) {
    d.add(name, f, Draws.onGrid(1, d.values(n, c)), Draws.onGrid(0, d.values(n, c)));
  }

  private void probabilities() {
    Input weight = d.spread(0.5, 1.5, n, c);
    d.add(
        "binary_cross_entropy_with_logits",
        x ->
            Losses.binaryCrossEntropyWithLogits(
                x.get(0), x.get(1), x.get(2), Reduction.MEAN, x.get(3)),
        d.values(n, c),
        d.spread(0.1, 0.9, n, c),
        weight,
        d.spread(0.5, 1.5, c));
    d.add(
        "kl_div",
        x -> Losses.klDiv(x.get(0), x.get(1), Reduction.BATCH_MEAN, false),
        d.values(n, c),
        d.spread(0.1, 0.9, n, c));
    d.add(
        "kl_div",
        x -> Losses.klDiv(x.get(0), x.get(1), Reduction.NONE, true),
        d.values(n, c),
        d.values(n, c));
  }
}
