package dev.teak.lab.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.apache.commons.math3.stat.inference.OneWayAnova;

/**
 * Fisher's one-way analysis of variance (1925): whether several models have the same mean. It takes
 * runs as independent and normally distributed, with one variance for all models; {@link
 * KruskalWallis} does not.
 *
 * @param f variance between the models over that within them; infinite where runs of a model never
 *     differ but models do, NaN where no run differs from any
 * @param p 1 where no run differs from any; NaN where nothing can be said
 * @param between degrees of freedom of the numerator: models less 1
 * @param within of the denominator: runs less models
 * @param etaSquared the share of all variance that lies between the models, 0..1; NaN where there
 *     is none
 * @param unsaid why nothing can be said, in a sentence; empty where something can
 */
public record Anova(double f, double p, int between, int within, double etaSquared, String unsaid) {

  /** Of two models or more. */
  public static Anova of(List<Runs> groups) {
    String unsaid = whyUntested(groups);
    int between = groups.size() - 1;
    int within = groups.stream().mapToInt(g -> g.bySeed().size()).sum() - groups.size();
    if (!unsaid.isEmpty()) {
      return new Anova(Double.NaN, Double.NaN, between, within, Double.NaN, unsaid);
    }
    // About their mean: squares of values that hardly differ would lose the digits that do.
    double center = all(groups).average().orElseThrow();
    List<double[]> values = new ArrayList<>();
    for (Runs g : groups) {
      values.add(Arrays.stream(g.values()).map(v -> v - center).toArray());
    }
    boolean spreadWithin = values.stream().anyMatch(v -> !isConstant(Arrays.stream(v)));
    if (!spreadWithin) {
      boolean same = isConstant(all(groups));
      return same
          ? new Anova(Double.NaN, 1, between, within, Double.NaN, "")
          : new Anova(Double.POSITIVE_INFINITY, 0, between, within, 1, "");
    }
    OneWayAnova test = new OneWayAnova();
    return new Anova(
        test.anovaFValue(values),
        test.anovaPValue(values),
        between,
        within,
        1 - squaresWithin(values) / squares(values.stream().flatMapToDouble(Arrays::stream)),
        "");
  }

  private static double squaresWithin(List<double[]> values) {
    return values.stream().mapToDouble(v -> squares(Arrays.stream(v))).sum();
  }

  /** The sum of squares about the mean. */
  private static double squares(DoubleStream values) {
    double[] v = values.toArray();
    return new Variance(false).evaluate(v) * v.length;
  }

  /** Why no test can be made of all models at once; empty where one can. */
  static String whyUntested(List<Runs> groups) {
    if (groups.size() < 2) {
      return "There are no two models to compare.";
    }
    return groups.stream()
        .map(Runs::whyUntested)
        .filter(why -> !why.isEmpty())
        .findFirst()
        .orElse("");
  }

  static DoubleStream all(List<Runs> groups) {
    return groups.stream().flatMapToDouble(g -> Arrays.stream(g.values()));
  }

  static boolean isConstant(DoubleStream values) {
    // 0 and -0 are one value.
    return values.map(v -> v + 0.0).distinct().limit(2).count() < 2;
  }
}
