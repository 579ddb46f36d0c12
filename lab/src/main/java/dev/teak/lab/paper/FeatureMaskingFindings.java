package dev.teak.lab.paper;

import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.paper.FeatureMaskingFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Finding;
import dev.teak.lab.report.Finding.Sentence;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.HiddenGradient;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import dev.teak.lab.report.Tally;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What the paper claims of its masks, and what the results say. Every verdict is computed: a
 * training helps, or hurts, where the 95% interval of its differences from the baseline over seeds
 * lies above zero, or below.
 */
final class FeatureMaskingFindings {
  private final Results results;

  private FeatureMaskingFindings(Results results) {
    this.results = results;
  }

  /** All that the results can say something of. */
  static List<Finding> of(Results results) {
    FeatureMaskingFindings f = new FeatureMaskingFindings(results);
    List<Finding> all = new ArrayList<>();
    f.add(all, "What does masking cost in clean accuracy?", f.paperCost(), f::cost);
    for (String attack : results.attacks()) {
      String claim = "Does masking help under " + Results.title(attack) + "?";
      f.add(all, claim, paperUnder(attack), model -> f.under(model, attack));
    }
    f.add(all, "Is what it gains but a hidden gradient?", "Its tables do not tell.", f::hidden);
    f.add(all, "Does more masking help more?", paperOrder(), f::order);
    f.add(all, "Is a new mask for each image better than a fixed one?", paperFixed(), f::fixed);
    f.add(all, "How much longer does training take?", paperTime(), f::time);
    return all;
  }

  private void add(List<Finding> all, String claim, String paper, Function<String, Sentence> find) {
    List<Sentence> found = new ArrayList<>();
    for (String model : results.models()) {
      if (results.baseline(model) != null && !masked(model).isEmpty()) {
        Sentence s = find.apply(model);
        if (s != null) {
          found.add(s);
        }
      }
    }
    if (!found.isEmpty()) {
      all.add(new Finding(claim, paper, found));
    }
  }

  /** The model's trainings that are in Table I, but for the baseline. */
  private List<Group> masked(String model) {
    return results.defended(model).stream().filter(FeatureMaskingFigures::isInTable).toList();
  }

  private String paperCost() {
    return "From "
        + percent(FeatureMaskingFigures.BASELINE.test())
        + " to "
        + masks(Row::test)
        + " on the test set.";
  }

  /** From the least to the most that the paper prints of its masks. */
  private static String masks(ToDoubleFunction<Row> figure) {
    DoubleSummaryStatistics all =
        FeatureMaskingFigures.TABLE_I.stream()
            .filter(row -> !row.equals(FeatureMaskingFigures.BASELINE))
            .mapToDouble(figure)
            .summaryStatistics();
    return "between " + percent(all.getMin()) + " and " + percent(all.getMax());
  }

  private Sentence cost(String model) {
    Group baseline = results.baseline(model);
    Tally tally = new Tally();
    List<String> parts = new ArrayList<>();
    for (Group g : masked(model)) {
      Summary d = g.less(baseline, r -> r.clean("accuracy"));
      tally.add(d, g.training());
      parts.add(
          g.training()
              + " "
              + Formats.percent(g.over(r -> r.clean("accuracy")).mean())
              + ", "
              + d.points());
    }
    boolean intervals = tally.hasIntervals();
    return new Sentence(
        model,
        tally.range(),
        tally.sign(),
        tally.verdict("gains accuracy", "loses accuracy"),
        "baseline "
            + Formats.percent(baseline.over(r -> r.clean("accuracy")).mean())
            + "; "
            + String.join("; ", parts)
            + (intervals ? " (points, 95% interval over seeds)." : " (points)."));
  }

  private static String paperUnder(String attack) {
    return attack.equals("fgsm")
        ? "Yes: from "
            + percent(FeatureMaskingFigures.BASELINE.fgsm())
            + " to "
            + masks(Row::fgsm)
            + "; the epsilon is not stated."
        : "It gives no figure under " + Results.title(attack) + ".";
  }

  private Sentence under(String model, String attack) {
    Group baseline = results.baseline(model);
    Tally tally = new Tally();
    for (double epsilon : results.epsilons()) {
      for (Group g : masked(model)) {
        Summary d = g.lessUnder(baseline, attack, epsilon);
        tally.add(d, g.training() + " at " + Axis.number(epsilon));
      }
    }
    String baselines =
        results.epsilons().stream()
            .filter(e -> baseline.attacked(attack, e).isThere())
            .map(
                e -> Formats.percent(baseline.attacked(attack, e).mean()) + " at " + Axis.number(e))
            .collect(Collectors.joining(", "));
    return tally.isEmpty()
        ? null
        : new Sentence(
            model,
            tally.range(),
            tally.sign(),
            tally.verdict("helps", "hurts"),
            tally.counts() + "; the baseline keeps " + baselines + ".");
  }

  private Sentence hidden(String model) {
    Group baseline = results.baseline(model);
    List<HiddenGradient> all =
        masked(model).stream().map(g -> HiddenGradient.of(results, g, baseline)).toList();
    if (all.stream().noneMatch(h -> h.decided() || h.checked())) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    String strong = Results.title(all.get(0).strongest());
    part(
        parts,
        all,
        h -> !h.kept().isEmpty(),
        "half of a gain under FGSM or more stands under " + strong);
    part(parts, all, HiddenGradient::loses, strong + " takes more than half of a gain under FGSM");
    part(parts, all, h -> !h.open().isEmpty(), "the figures under " + strong + " cannot tell");
    part(parts, all, h -> !h.gains(), "no gain under FGSM is shown");
    part(parts, all, h -> !h.signs().isEmpty(), "a check fails");
    long signs = all.stream().filter(h -> h.loses() || !h.signs().isEmpty()).count();
    return new Sentence(
        model,
        signs + " of " + all.size() + " show a sign of it",
        signs == 0
            ? all.stream().anyMatch(HiddenGradient::gains) ? Verdict.NO : Verdict.OPEN
            : signs == all.size() ? Verdict.YES : Verdict.PARTLY,
        verdict(all, strong),
        String.join("; ", parts) + ". Each by itself is under Masked gradients.");
  }

  private static String verdict(List<HiddenGradient> all, String strong) {
    long failing = all.stream().filter(h -> !h.signs().isEmpty()).count();
    long losing = all.stream().filter(HiddenGradient::loses).count();
    List<String> parts = new ArrayList<>();
    if (failing > 0) {
      parts.add("a check fails more often than the baseline's in " + failing + " of " + all.size());
    } else if (all.stream().allMatch(HiddenGradient::checked)) {
      parts.add("no check fails more often than the baseline's");
    }
    if (losing > 0) {
      parts.add(strong + " takes a gain away in " + losing + " of " + all.size());
    } else if (all.stream().noneMatch(HiddenGradient::gains)) {
      parts.add("no gain is shown that could be");
    }
    return parts.isEmpty() ? "not decided" : String.join(", ", parts);
  }

  private static void part(
      List<String> parts, List<HiddenGradient> all, Predicate<HiddenGradient> which, String words) {
    List<String> names = all.stream().filter(which).map(h -> h.group().training()).toList();
    if (!names.isEmpty()) {
      parts.add(words + " for " + String.join(", ", names));
    }
  }

  private static String paperOrder() {
    return "Under FGSM yes: "
        + List.of(
                FeatureMaskingFigures.RANDOM_10,
                FeatureMaskingFigures.RANDOM_30,
                FeatureMaskingFigures.RANDOM_50)
            .stream()
            .map(row -> percent(row.fgsm()) + " (" + row.training() + ")")
            .collect(Collectors.joining(", "))
        + ".";
  }

  private Sentence order(String model) {
    List<Group> rising =
        List.of(
                FeatureMaskingFigures.RANDOM_10,
                FeatureMaskingFigures.RANDOM_30,
                FeatureMaskingFigures.RANDOM_50)
            .stream()
            .map(row -> FeatureMaskingFigures.find(row, results.of(model)))
            .toList();
    if (rising.contains(null)) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    int yes = 0;
    int all = 0;
    for (String attack : results.attacks()) {
      for (double epsilon : results.epsilons()) {
        List<Double> means = rising.stream().map(g -> g.attacked(attack, epsilon).mean()).toList();
        if (means.stream().allMatch(Double::isFinite) && means.stream().distinct().count() > 1) {
          boolean rises = means.get(0) < means.get(1) && means.get(1) < means.get(2);
          all++;
          yes += rises ? 1 : 0;
          parts.add(
              Results.title(attack)
                  + " at "
                  + Axis.number(epsilon)
                  + " "
                  + means.stream().map(Formats::percent).collect(Collectors.joining(", ")));
        }
      }
    }
    return all == 0
        ? null
        : new Sentence(
            model,
            yes + " of " + all + " means in order",
            yes == all ? Verdict.YES : yes == 0 ? Verdict.NO : Verdict.PARTLY,
            "rises with the ratio in " + yes + " of " + all,
            String.join("; ", parts) + " (means of 10%, 30% and 50%, not tested).");
  }

  private static String paperFixed() {
    return "Under FGSM %s with a new one, %s with a fixed one."
        .formatted(
            percent(FeatureMaskingFigures.RANDOM_30.fgsm()),
            percent(FeatureMaskingFigures.FIXED_30.fgsm()));
  }

  private Sentence fixed(String model) {
    Group fresh = FeatureMaskingFigures.find(FeatureMaskingFigures.RANDOM_30, results.of(model));
    Group fixed = FeatureMaskingFigures.find(FeatureMaskingFigures.FIXED_30, results.of(model));
    if (fresh == null || fixed == null) {
      return null;
    }
    Tally tally = new Tally();
    for (String attack : results.attacks()) {
      for (double epsilon : results.epsilons()) {
        Summary d = fresh.lessUnder(fixed, attack, epsilon);
        tally.add(d, Results.title(attack) + " at " + Axis.number(epsilon));
      }
    }
    return tally.isEmpty()
        ? null
        : new Sentence(
            model,
            tally.range(),
            tally.sign(),
            tally.verdict("new masks are better", "the fixed one is better"),
            "new masks less a fixed one, under attack: " + tally.counts() + ".");
  }

  private static String paperTime() {
    return FeatureMaskingFigures.TABLE_I.stream()
        .filter(row -> !row.equals(FeatureMaskingFigures.BASELINE))
        .map(row -> Formats.increase(row.slower()) + " (" + row.training() + ")")
        .collect(Collectors.joining(", ", "", "."));
  }

  private Sentence time(String model) {
    Group baseline = results.baseline(model);
    List<Double> increases = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (Group g : masked(model)) {
      double increase = FeatureMaskingTables.increase(results, g, baseline);
      if (Double.isFinite(increase)) {
        increases.add(increase);
        parts.add(Formats.increase(increase) + " (" + g.training() + ")");
      }
    }
    double seconds = baseline.median(results.time(CellTimes::trainSeconds));
    String than = "the baseline takes " + Formats.seconds(seconds) + ".";
    if (increases.isEmpty()) {
      return Double.isFinite(seconds)
          ? new Sentence(model, Formats.NOTHING, Verdict.OPEN, Formats.TOO_SHORT, than)
          : null;
    }
    increases.sort(null);
    double least = increases.get(0);
    double most = increases.get(increases.size() - 1);
    String range = Formats.increase(least) + " to " + Formats.increase(most);
    return new Sentence(
        model,
        range,
        least > 0 ? Verdict.YES : most > 0 ? Verdict.PARTLY : Verdict.NO,
        least > 0 ? "longer, not tested" : most > 0 ? "longer for some" : "not longer",
        String.join(", ", parts) + "; " + than);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }
}
