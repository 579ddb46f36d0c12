package dev.teak.lab.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * The test of Kruskal and Wallis (1952) on the ranks of all runs: whether runs of one model tend to
 * lie above those of another. Its p is that of chi squared: near the exact one from about five runs
 * a model on, and rough below.
 *
 * @param h corrected for ties; NaN where no run differs from any
 * @param df degrees of freedom: models less 1
 * @param p 1 where no run differs from any; NaN where nothing can be said
 * @param unsaid why nothing can be said, in a sentence; empty where something can
 */
public record KruskalWallis(double h, int df, double p, String unsaid) {

  /** Of two models or more. */
  public static KruskalWallis of(List<Runs> models) {
    String unsaid = Anova.whyUntested(models);
    int df = models.size() - 1;
    if (!unsaid.isEmpty()) {
      return new KruskalWallis(Double.NaN, df, Double.NaN, unsaid);
    }
    Ranks ranks = Ranks.of(models);
    if (ranks.variance == 0) {
      return new KruskalWallis(Double.NaN, df, 1, "");
    }
    double h = 0;
    for (int i = 0; i < models.size(); i++) {
      double off = ranks.means.get(i) - ranks.middle;
      h += models.get(i).bySeed().size() * off * off / ranks.variance;
    }
    // The upper tail of chi squared.
    return new KruskalWallis(h, df, Gamma.regularizedGammaQ(df / 2.0, h / 2), "");
  }

  /**
   * Dunn's test (1964) of every pair of models, which goes with this one: by the mean ranks among
   * the runs of all models, with the variance corrected for ties; two-sided.
   */
  public static Pairwise dunn(List<Runs> models) {
    String unsaid = Anova.whyUntested(models);
    Ranks ranks = unsaid.isEmpty() ? Ranks.of(models) : null;
    NormalDistribution normal = new NormalDistribution(null, 0, 1);
    return Pairwise.of(
        "Dunn",
        models,
        (i, j) -> {
          Runs a = models.get(i);
          Runs b = models.get(j);
          if (!unsaid.isEmpty()) {
            return Pairwise.Found.nothing(a, b, unsaid);
          }
          double perRun = 1.0 / a.bySeed().size() + 1.0 / b.bySeed().size();
          double apart = Math.abs(ranks.means.get(i) - ranks.means.get(j));
          double z = apart / Math.sqrt(ranks.variance * perRun);
          double p = ranks.variance == 0 ? 1 : 2 * normal.cumulativeProbability(-z);
          return Pairwise.Found.of(a, b, p, 0);
        });
  }

  /**
   * Ranks among the runs of all models.
   *
   * @param means of each model
   * @param middle the mean of all ranks
   * @param variance of one rank, corrected for ties; 0 where all are tied
   */
  private record Ranks(List<Double> means, double middle, double variance) {
    static Ranks of(List<Runs> models) {
      double[] ranks = Significance.ranks(Anova.all(models).toArray());
      double n = ranks.length;
      Map<Double, Long> ties =
          Arrays.stream(ranks)
              .boxed()
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      double tied = ties.values().stream().mapToDouble(t -> (double) t * t * t - t).sum();
      int[] start = new int[models.size() + 1];
      for (int i = 0; i < models.size(); i++) {
        start[i + 1] = start[i] + models.get(i).bySeed().size();
      }
      List<Double> means =
          IntStream.range(0, models.size())
              .mapToObj(i -> Arrays.stream(ranks, start[i], start[i + 1]).average().orElseThrow())
              .toList();
      return new Ranks(means, (n + 1) / 2, (n * n * n - n - tied) / (12 * (n - 1)));
    }
  }
}
