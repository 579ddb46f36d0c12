package dev.teak.lab.report;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.report.Group.Pair;
import dev.teak.lab.stats.Significance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A training beside its model's baseline, in one measure.
 *
 * @param group the training
 * @param measure what was measured, in words
 * @param difference its figure less the baseline's, seed by seed
 * @param t of the paired t test over the seeds
 * @param wilcoxon of the signed rank test over the seeds
 * @param mcnemar of McNemar's test on the images
 */
record Comparison(
    Group group, String measure, Summary difference, Test t, Test wilcoxon, Test mcnemar) {
  /**
   * A two-sided test.
   *
   * @param p NaN where there is none
   * @param holm the same after Holm's correction for all tests of its kind on the same model
   */
  record Test(double p, double holm) {
    boolean isSignificant() {
      return holm < 0.05;
    }
  }

  /** Before the correction. */
  private record Raw(
      Group group, String measure, Summary difference, double t, double wilcoxon, double mcnemar) {}

  /** All trainings of a model in all measures; empty without a baseline. */
  static List<Comparison> of(Results results, String model) {
    Group baseline = results.baseline(model);
    if (baseline == null) {
      return List.of();
    }
    List<Raw> raw = new ArrayList<>();
    for (Group g : results.defended(model)) {
      addMeasures(raw, results, g, baseline);
    }
    double[] t = holm(raw, Raw::t);
    double[] wilcoxon = holm(raw, Raw::wilcoxon);
    double[] mcnemar = holm(raw, Raw::mcnemar);
    List<Comparison> all = new ArrayList<>();
    for (int i = 0; i < raw.size(); i++) {
      Raw r = raw.get(i);
      all.add(
          new Comparison(
              r.group,
              r.measure,
              r.difference,
              new Test(r.t, t[i]),
              new Test(r.wilcoxon, wilcoxon[i]),
              new Test(r.mcnemar, mcnemar[i])));
    }
    return all;
  }

  private static double[] holm(List<Raw> raw, ToDoubleFunction<Raw> p) {
    return Significance.holm(raw.stream().mapToDouble(p).toArray());
  }

  private static void addMeasures(List<Raw> raw, Results results, Group g, Group baseline) {
    double largest = mcnemar(g.pairs(baseline), SameImages::clean);
    add(raw, g, baseline, "clean", r -> r.clean("accuracy"), largest);
    double epsilon = results.middleEpsilon();
    for (String attack : results.attacks()) {
      String measure = Results.title(attack) + " at " + Axis.number(epsilon);
      double p = mcnemar(g.pairs(baseline), r -> SameImages.under(r, attack, epsilon));
      add(raw, g, baseline, measure, Group.accuracy(attack, epsilon), p);
    }
  }

  private static void add(
      List<Raw> raw,
      Group g,
      Group baseline,
      String measure,
      ToDoubleFunction<CellResult> figure,
      double mcnemar) {
    double[] differences = g.differences(baseline, figure);
    if (differences.length == 0) {
      return;
    }
    double[] none = new double[differences.length];
    raw.add(
        new Raw(
            g,
            measure,
            Summary.of(differences),
            Significance.pairedT(differences, none),
            differences.length < 2 ? Double.NaN : Significance.wilcoxon(differences, none),
            mcnemar));
  }

  /**
   * The largest p of the seeds, so that a difference counts only where every seed shows it; 1 where
   * one seed leans one way and another the other. NaN without any seed.
   */
  private static double mcnemar(List<Pair> pairs, Right right) {
    double largest = Double.NaN;
    boolean up = false;
    boolean down = false;
    for (Pair pair : pairs) {
      boolean[] mine = right.of(pair.mine());
      boolean[] its = right.of(pair.other());
      if (mine.length != its.length || mine.length == 0) {
        return Double.NaN;
      }
      int lead = SameImages.count(mine) - SameImages.count(its);
      up |= lead > 0;
      down |= lead < 0;
      double p = Significance.mcnemar(mine, its);
      largest = Double.isNaN(largest) ? p : Math.max(largest, p);
    }
    return up && down ? 1 : largest;
  }

  /** Which images are right. */
  private interface Right {
    boolean[] of(CellResult r);
  }
}
