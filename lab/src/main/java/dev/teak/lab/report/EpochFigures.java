package dev.teak.lab.report;

import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How training went, an epoch at a time: a line for each training, its band over the seeds. */
final class EpochFigures {
  private EpochFigures() {}

  /** Loss, training and validation accuracy of some trainings of a model. */
  static List<DomContent> lossAndAccuracy(String model, List<Group> groups) {
    List<DomContent> figures = new ArrayList<>();
    add(figures, model + ": training loss", groups, false, Epoch::loss);
    add(figures, model + ": training accuracy", groups, true, Epoch::trainAccuracy);
    add(figures, model + ": validation accuracy", groups, true, Epoch::validationAccuracy);
    return figures;
  }

  /** Precision, recall and F1 on the validation set of some trainings of a model. */
  static List<DomContent> precisionRecallF1(String model, List<Group> groups) {
    List<DomContent> figures = new ArrayList<>();
    add(figures, model + ": precision", groups, true, Epoch::precision);
    add(figures, model + ": recall", groups, true, Epoch::recall);
    add(figures, model + ": F1", groups, true, Epoch::f1);
    return figures;
  }

  /** A chart where there is anything to draw. */
  private static void add(
      List<DomContent> figures,
      String title,
      List<Group> groups,
      boolean percent,
      ToDoubleFunction<Epoch> figure) {
    List<Series> series =
        groups.stream()
            .map(g -> new Series(g.training(), points(g, percent, figure)))
            .filter(s -> s.points().stream().anyMatch(Point::isThere))
            .toList();
    if (!series.isEmpty()) {
      figures.add(LineChart.fitted(title, "epoch", percent, series).render());
    }
  }

  private static List<Point> points(Group g, boolean percent, ToDoubleFunction<Epoch> figure) {
    int epochs = g.results().stream().mapToInt(r -> r.epochs().size()).max().orElse(0);
    return IntStream.range(0, epochs)
        .mapToObj(
            e -> {
              Summary s =
                  g.over(
                      r ->
                          e < r.epochs().size()
                              ? figure.applyAsDouble(r.epochs().get(e))
                              : Double.NaN);
              if (!s.hasInterval()) {
                return Point.of(e + 1, s.mean());
              }
              return percent
                  ? new Point(e + 1, s.mean(), s.lowShare(), s.highShare())
                  : new Point(e + 1, s.mean(), Math.max(0, s.low()), s.high());
            })
        .toList();
  }
}
