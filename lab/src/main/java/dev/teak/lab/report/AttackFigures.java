package dev.teak.lab.report;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.UnderAttack;
import dev.teak.lab.report.BarChart.Bar;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What attacks leave of the accuracy: as bars at one epsilon, and as curves over all. */
public final class AttackFigures {
  private AttackFigures() {}

  /** Accuracy as it is and under each attack, of some trainings of a model. */
  public static DomContent bars(Results results, String model, List<Group> trainings) {
    double epsilon = results.middleEpsilon();
    List<String> names = new ArrayList<>(List.of("clean"));
    List<String> attacks = results.underAttack().stream().limit(LineChart.STYLES - 1).toList();
    attacks.forEach(a -> names.add(Results.title(a)));
    List<BarChart.Group> groups = new ArrayList<>();
    for (Group g : trainings) {
      List<Bar> bars = new ArrayList<>();
      bars.add(Bar.of(g.over(r -> r.clean("accuracy"))));
      attacks.forEach(a -> bars.add(Bar.of(g.attacked(a, epsilon))));
      groups.add(new BarChart.Group(g.training(), bars));
    }
    String title =
        attacks.isEmpty()
            ? model + ": accuracy"
            : model + ": accuracy clean and attacked, epsilon " + Axis.number(epsilon);
    return new BarChart(title, names, groups).render();
  }

  /** For each attack, some trainings of a model beside each other. */
  public static List<DomContent> byAttack(Results results, String model, List<Group> groups) {
    List<DomContent> figures = new ArrayList<>();
    for (String attack : results.underAttack()) {
      List<Series> series =
          groups.stream()
              .map(g -> new Series(g.training(), curve(results, g, attack)))
              .filter(s -> !s.points().isEmpty())
              .toList();
      if (!series.isEmpty()) {
        String title = model + " under " + Results.title(attack);
        figures.add(LineChart.ofShares(title, epsilon(results), series).render());
      }
    }
    return figures;
  }

  /** For each training of a model, the attacks beside each other. */
  public static List<DomContent> byTraining(Results results, String model) {
    List<DomContent> figures = new ArrayList<>();
    for (Group g : results.of(model)) {
      List<Series> series =
          results.underAttack().stream()
              .limit(LineChart.STYLES)
              .map(a -> new Series(Results.title(a), curve(results, g, a)))
              .filter(s -> !s.points().isEmpty())
              .toList();
      if (!series.isEmpty()) {
        figures.add(
            LineChart.ofShares(model + ", " + g.training(), epsilon(results), series).render());
      }
    }
    return figures;
  }

  /** From the accuracy on the attacked images as they are, at 0, on. Empty where not attacked. */
  private static List<Point> curve(Results results, Group g, String attack) {
    List<Point> points = new ArrayList<>();
    for (double epsilon : results.epsilons()) {
      Summary s = g.attacked(attack, epsilon);
      if (s.isThere()) {
        points.add(point(epsilon, s));
      }
    }
    if (!points.isEmpty()) {
      points.add(0, point(0, g.over(cleanOf(attack))));
    }
    return points;
  }

  private static ToDoubleFunction<CellResult> cleanOf(String attack) {
    return r ->
        r.measures().entrySet().stream()
            .filter(e -> e.getKey().startsWith(attack + Results.AT))
            .findFirst()
            .map(e -> UnderAttack.of(e.getValue()))
            .map(UnderAttack::cleanAccuracy)
            .orElse(Double.NaN);
  }

  private static String epsilon(Results results) {
    return "epsilon (" + results.norm() + ")";
  }

  private static Point point(double epsilon, Summary s) {
    return new Point(epsilon, s.mean(), s.lowShare(), s.highShare(), s.of());
  }
}
