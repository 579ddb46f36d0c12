package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.stats.Runs;
import j2html.tags.ContainerTag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * Tukey's box plot (1977) that lies, one line a model: from the first quartile to the third, the
 * median in it, whiskers to the outermost run within one and a half boxes' length, and each run as
 * a point. Quartiles are those of R (type 7).
 */
public final class BoxPlot {
  /** Of fewer runs quartiles are no more than the runs themselves: they stand alone. */
  private static final int BOX_FROM = 5;

  private static final int WIDTH = 440;
  private static final int SIDE = 20;
  private static final int TOP = 20;
  private static final int NAME = 20;
  private static final int BOX = 26;
  private static final int GAP = 8;
  private static final double RADIUS = 3;

  /** Letters of a name beside which the median still fits. */
  private static final int LONG = 44;

  private final String title;
  private final Axis across;
  private final List<Runs> models;

  private BoxPlot(String title, Axis across, List<Runs> models) {
    this.title = title;
    this.across = across;
    this.models = models;
  }

  /**
   * Of one figure of several models.
   *
   * @param title what it is of
   * @param percent whether the figures are shares
   * @param models top to bottom; a run without a figure is left out, and the count says so
   */
  public static BoxPlot of(String title, boolean percent, List<Runs> models) {
    double[] all = models.stream().flatMapToDouble(m -> Arrays.stream(there(m))).toArray();
    double least = Arrays.stream(all).min().orElse(0);
    double most = Arrays.stream(all).max().orElse(1);
    return new BoxPlot(title, Axis.around("", least, most, percent), List.copyOf(models));
  }

  /** Neighbours on a common axis. */
  public static List<BoxPlot> sharing(List<BoxPlot> neighbours) {
    if (neighbours.isEmpty()) {
      return List.of();
    }
    Axis common = Axis.common(neighbours.stream().map(b -> b.across).toList());
    return neighbours.stream().map(b -> new BoxPlot(b.title, common, b.models)).toList();
  }

  private static double[] there(Runs m) {
    return Arrays.stream(m.values()).filter(Double::isFinite).sorted().toArray();
  }

  /** The chart, for a page that carries {@link Page}'s style. */
  public ContainerTag<?> render() {
    int line = NAME + BOX + GAP;
    int height = TOP + models.size() * line;
    ContainerTag<?> svg = Svg.picture(title, WIDTH, height);
    for (double tick : across.ticks()) {
      svg.with(
          Svg.line("grid", x(tick), TOP - 4, x(tick), height),
          Svg.text(x(tick), TOP - 8, "middle", across.tick(tick)));
    }
    for (int i = 0; i < models.size(); i++) {
      model(svg, models.get(i), TOP + i * line);
    }
    return tag("figure").with(tag("figcaption").withText(title), svg);
  }

  private void model(ContainerTag<?> svg, Runs m, double top) {
    double[] v = there(m);
    String count =
        v.length == m.bySeed().size()
            ? "n = " + v.length
            : "n = " + v.length + " of " + m.bySeed().size();
    svg.with(Svg.text(2, top + NAME - 5, "start", m.name()).withClass("strong"));
    if (v.length == 0) {
      svg.with(Svg.text(4, top + NAME + BOX / 2.0, "start", "not measured").withClass("small"));
      return;
    }
    Percentile quartiles = new Percentile().withEstimationType(EstimationType.R_7);
    quartiles.setData(v);
    double median = quartiles.evaluate(50);
    double middle = top + NAME + BOX / 2.0;
    svg.with(
        Svg.text(WIDTH - 2, top + NAME - 5, "end", beside(m.name(), across.value(median), count))
            .withClass("small"));
    if (v.length >= BOX_FROM) {
      box(svg, m.name(), v, quartiles, top + NAME);
    }
    svg.with(Svg.line("median", x(median), top + NAME + 1, x(median), top + NAME + BOX - 1));
    runs(svg, m, middle);
  }

  /** A long name leaves no room for more than the count. */
  private static String beside(String name, String median, String count) {
    return name.length() > LONG ? count : "median " + median + ", " + count;
  }

  private void box(ContainerTag<?> svg, String name, double[] v, Percentile quartiles, double top) {
    double q1 = quartiles.evaluate(25);
    double q3 = quartiles.evaluate(75);
    double reach = 1.5 * (q3 - q1);
    double low = Arrays.stream(v).filter(a -> a >= q1 - reach).min().orElse(q1);
    double high = Arrays.stream(v).filter(a -> a <= q3 + reach).max().orElse(q3);
    double middle = top + BOX / 2.0;
    String what =
        name
            + ": quartiles "
            + across.value(q1)
            + ", "
            + across.value(quartiles.evaluate(50))
            + " and "
            + across.value(q3)
            + ", whiskers "
            + across.value(low)
            + " to "
            + across.value(high)
            + ", "
            + Formats.count(v.length, "run");
    svg.with(
        Svg.line("whisker", x(low), middle, x(q1), middle),
        Svg.line("whisker", x(q3), middle, x(high), middle),
        Svg.line("whisker", x(low), middle - 5, x(low), middle + 5),
        Svg.line("whisker", x(high), middle - 5, x(high), middle + 5),
        Svg.named(Svg.rectangle("box", x(q1), top + 2, x(q3) - x(q1), BOX - 4), what));
  }

  /** Points that would hide each other go up and down in turn. */
  private void runs(ContainerTag<?> svg, Runs m, double middle) {
    List<Map.Entry<Long, Double>> rising =
        m.bySeed().entrySet().stream()
            .filter(e -> Double.isFinite(e.getValue()))
            .sorted(Map.Entry.comparingByValue())
            .toList();
    List<Double> lastOfLane = new ArrayList<>();
    for (Map.Entry<Long, Double> run : rising) {
      double x = x(run.getValue());
      int lane = 0;
      while (lane < lastOfLane.size() && x - lastOfLane.get(lane) < 2 * RADIUS) {
        lane++;
      }
      if (lane == lastOfLane.size()) {
        lastOfLane.add(x);
      } else {
        lastOfLane.set(lane, x);
      }
      int step = (lane + 1) / 2 % 4;
      double y = middle + (lane % 2 == 0 ? -RADIUS : RADIUS) * step;
      String what = m.name() + ", seed " + run.getKey() + ": " + across.value(run.getValue());
      svg.with(Svg.named(Svg.circle("run", x, y, RADIUS), what));
    }
  }

  private double x(double value) {
    return SIDE + across.place(value) * (WIDTH - 2 * SIDE);
  }
}
