package dev.teak.lab.report;

import dev.teak.attacks.evaluation.Attacks;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How training went, an epoch at a time: a chart for each figure that epochs have, and in it a line
 * for each recipe, its band over the seeds. All phases are one line; an upright one marks where a
 * phase ends.
 */
final class EpochFigures {
  private static final Set<String> SHARES =
      Set.of("train_accuracy", "validation_accuracy", "precision", "recall", "f1");

  private EpochFigures() {}

  /** Of some recipes of a model; charts of shares have one axis. */
  static List<DomContent> of(String model, List<Group> groups) {
    List<String> names =
        groups.stream()
            .flatMap(g -> g.results().stream())
            .flatMap(r -> r.epochs().stream())
            .flatMap(e -> e.figures().keySet().stream())
            .distinct()
            .toList();
    List<Double> borders =
        groups.stream().flatMap(g -> borders(g.first()).stream()).distinct().sorted().toList();
    List<LineChart> others = new ArrayList<>();
    List<LineChart> shares = new ArrayList<>();
    for (String name : names) {
      boolean share = isShare(name);
      List<Series> series =
          groups.stream()
              .map(g -> new Series(g.training(), points(g, share, name)))
              .filter(s -> s.points().stream().anyMatch(Point::isThere))
              .toList();
      if (!series.isEmpty()) {
        String title = model + ": " + name.replace('_', ' ');
        (share ? shares : others)
            .add(LineChart.fitted(title, "epoch", share, series).borders(borders));
      }
    }
    others.addAll(LineChart.sharing(shares));
    return new ArrayList<>(others.stream().map(LineChart::render).toList());
  }

  /** Whether recipes have more than one phase. */
  static boolean hasBorders(List<Group> groups) {
    return groups.stream().anyMatch(g -> !borders(g.first()).isEmpty());
  }

  /** What judges an epoch by an attack has that attack's name. */
  private static boolean isShare(String name) {
    return SHARES.contains(name)
        || Attacks.REGISTRY.entries().stream().anyMatch(e -> e.name().equals(name));
  }

  private static List<Double> borders(CellResult r) {
    List<Double> borders = new ArrayList<>();
    List<Epoch> epochs = r.epochs();
    for (int i = 1; i < epochs.size(); i++) {
      if (epochs.get(i).phase() != epochs.get(i - 1).phase()) {
        borders.add(i + 0.5);
      }
    }
    return borders;
  }

  private static List<Point> points(Group g, boolean share, String figure) {
    int epochs = g.results().stream().mapToInt(r -> r.epochs().size()).max().orElse(0);
    return IntStream.range(0, epochs).mapToObj(e -> point(g, share, figure, e)).toList();
  }

  /** No loss is negative, whatever the interval of its mean says. */
  private static double low(String figure, double low) {
    return figure.endsWith("loss") ? Math.max(0, low) : low;
  }

  private static Point point(Group g, boolean share, String figure, int epoch) {
    Summary s =
        g.over(r -> epoch < r.epochs().size() ? r.epochs().get(epoch).figure(figure) : Double.NaN);
    if (!s.hasInterval()) {
      return Point.of(epoch + 1, s.mean(), s.of());
    }
    return share
        ? new Point(epoch + 1, s.mean(), s.lowShare(), s.highShare(), s.of())
        : new Point(epoch + 1, s.mean(), low(figure, s.low()), s.high(), s.of());
  }
}
