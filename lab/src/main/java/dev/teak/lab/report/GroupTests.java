package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.stats.Anova;
import dev.teak.lab.stats.KruskalWallis;
import dev.teak.lab.stats.PairTest;
import dev.teak.lab.stats.Pairwise;
import dev.teak.lab.stats.Runs;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Several recipes at once: their runs as box plots, whether they differ, and every pair. */
public final class GroupTests {
  private static final int RECIPES = 3;
  private static final int SEEDS = 2;

  private GroupTests() {}

  /** Accuracy as it is and under each attack at the epsilon in the middle, by what it is of. */
  static Map<String, ToDoubleFunction<CellResult>> figures(Results results) {
    Map<String, ToDoubleFunction<CellResult>> all = new LinkedHashMap<>();
    all.put("clean", r -> r.clean("accuracy"));
    double epsilon = results.middleEpsilon();
    for (String attack : results.underAttack()) {
      all.put(
          Results.title(attack) + " at " + Axis.number(epsilon), Group.accuracy(attack, epsilon));
    }
    return all;
  }

  /** The runs of those that have several. */
  public static List<Runs> runs(List<Group> groups, ToDoubleFunction<CellResult> figure) {
    return groups.stream()
        .map(g -> g.runs(figure))
        .filter(r -> r.bySeed().size() >= SEEDS)
        .toList();
  }

  /** Box plots of each model's recipes, a figure beside the other; none of one seed. */
  static List<DomContent> boxes(Results results) {
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<BoxPlot> plots = new ArrayList<>();
      figures(results)
          .forEach(
              (name, figure) -> {
                List<Runs> runs = runs(results.of(model), figure);
                if (!runs.isEmpty()) {
                  plots.add(BoxPlot.of(model + ": " + name, true, runs));
                }
              });
      if (!plots.isEmpty()) {
        page.add(Page.side(BoxPlot.sharing(plots).stream().map(BoxPlot::render).toList()));
      }
    }
    return page;
  }

  /** Whether a model's recipes differ at all, and every pair of them. */
  static List<DomContent> pairs(Results results) {
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<DomContent> lines = new ArrayList<>();
      List<DomContent> matrices = new ArrayList<>();
      figures(results)
          .forEach(
              (name, figure) -> {
                List<Runs> runs = runs(results.of(model), figure);
                if (runs.size() >= RECIPES) {
                  lines.add(tag("li").withText(name + ": " + together(runs)));
                }
                List<Runs> several = testable(runs);
                if (several.size() >= 2) {
                  String title = model + ", " + name;
                  matrices.add(
                      Page.fold(
                          "Every pair: " + title,
                          List.of(matrix(title, PairTest.WELCH_T, several))));
                }
              });
      if (!lines.isEmpty() || !matrices.isEmpty()) {
        page.add(tag("h3").withText(model + ": all recipes together"));
        if (!lines.isEmpty()) {
          page.add(tag("ul").with(lines));
        }
        page.addAll(matrices);
      }
    }
    return page;
  }

  /**
   * Whether some recipes differ at all, and every pair of them by three tests, under a heading for
   * each figure; of fewer than three recipes with several seeds, nothing.
   */
  public static List<DomContent> compared(
      String heading, List<Group> groups, Map<String, ToDoubleFunction<CellResult>> figures) {
    List<DomContent> page = new ArrayList<>();
    figures.forEach(
        (name, figure) -> {
          List<Runs> runs = runs(groups, figure);
          if (runs.size() >= RECIPES) {
            page.add(tag("h3").withText(heading + ", " + name));
            page.add(tag("p").withText(capital(together(runs))));
          }
          List<Runs> several = testable(runs);
          if (several.size() >= RECIPES) {
            page.add(matrix(name, PairTest.WELCH_T, several));
            page.add(
                Page.fold(
                    "The same by ranks: Dunn's test, and Wilcoxon's by seed",
                    List.of(
                        SignificanceMatrix.render(name, KruskalWallis.dunn(several)),
                        matrix(name, PairTest.WILCOXON, several))));
          }
        });
    return page;
  }

  private static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  /** Those with runs enough for a test of pairs. */
  public static List<Runs> testable(List<Runs> runs) {
    return runs.stream().filter(r -> r.bySeed().size() >= Runs.FEWEST).toList();
  }

  /** The matrix of every pair by a test. */
  public static DomContent matrix(String title, PairTest test, List<Runs> runs) {
    return SignificanceMatrix.render(title, Pairwise.of(test, runs));
  }

  /** What analysis of variance and the test of Kruskal and Wallis say of some recipes. */
  public static String together(List<Runs> runs) {
    Anova anova = Anova.of(runs);
    if (!anova.unsaid().isEmpty()) {
      return anova.unsaid();
    }
    KruskalWallis ranks = KruskalWallis.of(runs);
    return String.format(
        Locale.ROOT,
        "analysis of variance F(%d, %d) = %s, p %s, %s of the variance lies between recipes;"
            + " Kruskal-Wallis H = %s, p %s.",
        anova.between(),
        anova.within(),
        Double.isInfinite(anova.f()) ? "\u221e" : Formats.decimals(anova.f(), 2),
        Formats.probability(anova.p()),
        Formats.percent(anova.etaSquared()),
        Formats.decimals(ranks.h(), 2),
        Formats.probability(ranks.p()));
  }
}
