package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A chart of lines, each with the band in which its values lie. A point without a value is a gap.
 */
public final class LineChart {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 270;
  private static final int LEFT = 48;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 42;

  /** Lines that differ in colour and dash. */
  public static final int STYLES = 6;

  /**
   * A value and within what it lies.
   *
   * @param x to the right
   * @param y upwards; NaN for none
   * @param low the band's lower edge; {@code y} for none
   * @param high the band's upper edge
   * @param of what it is a figure of, as "3 seeds" or "128 images"; empty where that goes unsaid
   */
  public record Point(double x, double y, double low, double high, String of) {
    /** Without a band. */
    static Point of(double x, double y, String of) {
      return new Point(x, y, y, y, of);
    }

    boolean isThere() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  /**
   * One line.
   *
   * @param name for the legend
   * @param points x rising
   */
  public record Series(String name, List<Point> points) {}

  private final String title;
  private final Axis across;
  private final Axis up;
  private final List<Series> series;
  private final List<Double> borders;

  private LineChart(String title, Axis across, Axis up, List<Series> series, List<Double> borders) {
    if (series.size() > STYLES) {
      throw new IllegalArgumentException(
          title + ": " + series.size() + " lines; " + STYLES + " can be told apart");
    }
    this.title = title;
    this.across = across;
    this.up = up;
    this.series = List.copyOf(series);
    this.borders = List.copyOf(borders);
  }

  /**
   * With upright lines at these places, where one part of what is shown ends and the next begins.
   */
  public LineChart borders(List<Double> places) {
    return new LineChart(title, across, up, series, places);
  }

  /** Of shares, on an axis from 0 to 100%. */
  public static LineChart ofShares(String title, String xLabel, List<Series> series) {
    return new LineChart(title, horizontal(xLabel, series), Axis.shares(""), series, List.of());
  }

  /** Of any values, on an axis that they fill. */
  public static LineChart fitted(
      String title, String xLabel, boolean percent, List<Series> series) {
    double least = values(series).min().orElse(0);
    double most = values(series).max().orElse(1);
    if (percent) {
      least = Math.max(0, least);
      most = Math.min(1, most);
    }
    Axis up = Axis.around("", least, most, percent);
    return new LineChart(title, horizontal(xLabel, series), up, series, List.of());
  }

  /** Neighbours on common axes, so that an eye can go from one to the next. */
  public static List<LineChart> sharing(List<LineChart> neighbours) {
    if (neighbours.isEmpty()) {
      return List.of();
    }
    Axis up = Axis.common(neighbours.stream().map(c -> c.up).toList());
    List<Series> all = neighbours.stream().flatMap(c -> c.series.stream()).toList();
    return neighbours.stream()
        .map(
            c -> new LineChart(c.title, horizontal(c.across.label(), all), up, c.series, c.borders))
        .toList();
  }

  private static DoubleStream values(List<Series> series) {
    return series.stream()
        .flatMap(s -> s.points.stream())
        .filter(Point::isThere)
        .flatMapToDouble(p -> DoubleStream.of(p.y, p.low, p.high))
        .filter(Double::isFinite);
  }

  /** Few places get a tick each; many, round numbers. */
  private static Axis horizontal(String label, List<Series> series) {
    List<Double> places =
        series.stream()
            .flatMap(s -> s.points.stream())
            .filter(Point::isThere)
            .map(Point::x)
            .distinct()
            .sorted()
            .toList();
    if (places.isEmpty()) {
      return Axis.around(label, 0, 1, false);
    }
    return places.size() <= 7
        ? Axis.at(label, places)
        : Axis.around(label, places.get(0), places.get(places.size() - 1), false);
  }

  /** The chart with its legend, for a page that carries {@link Page}'s style. */
  public ContainerTag<?> render() {
    ContainerTag<?> svg = Svg.picture(title, WIDTH, HEIGHT);
    axes(svg);
    for (int i = 0; i < series.size(); i++) {
      band(svg, series.get(i), i);
    }
    ContainerTag<?> legend = tag("div").withClass("legend");
    for (int i = 0; i < series.size(); i++) {
      line(svg, series.get(i), i);
      Series s = series.get(i);
      Stream<String> of = s.points.stream().filter(Point::isThere).map(Point::of);
      legend.with(Svg.key(Svg.line("line s" + i, 0, 4, 28, 4), Svg.counted(s.name, of)));
    }
    return tag("figure").with(tag("figcaption").withText(title), svg, legend);
  }

  private void axes(ContainerTag<?> svg) {
    for (double tick : up.ticks()) {
      svg.with(
          Svg.line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick)),
          Svg.text(LEFT - 7, y(tick) + 4, "end", up.tick(tick)));
    }
    for (double border : borders) {
      svg.with(Svg.line("border", x(border), TOP, x(border), HEIGHT - BOTTOM));
    }
    for (double tick : across.ticks()) {
      svg.with(Svg.text(x(tick), HEIGHT - BOTTOM + 17, "middle", across.tick(tick)));
    }
    svg.with(Svg.text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", across.label()));
  }

  private void band(ContainerTag<?> svg, Series s, int style) {
    for (List<Point> run : runs(s)) {
      if (run.stream().noneMatch(p -> p.high > p.low)) {
        continue;
      }
      if (run.size() == 1) {
        Point p = run.get(0);
        svg.with(Svg.line("line s" + style, x(p.x), y(p.low), x(p.x), y(p.high)));
        continue;
      }
      StringBuilder edge = new StringBuilder();
      run.forEach(p -> edge.append(place(p.x, p.high)));
      for (int i = run.size() - 1; i >= 0; i--) {
        edge.append(place(run.get(i).x, run.get(i).low));
      }
      svg.with(tag("polygon").withClass("band s" + style).attr("points", edge.toString().strip()));
    }
  }

  private void line(ContainerTag<?> svg, Series s, int style) {
    for (List<Point> run : runs(s)) {
      StringBuilder path = new StringBuilder();
      run.forEach(p -> path.append(place(p.x, p.y)));
      svg.with(tag("polyline").withClass("line s" + style).attr("points", path.toString().strip()));
      for (Point p : run) {
        svg.with(Svg.named(Svg.circle("dot s" + style, x(p.x), y(p.y), 3.2), described(s, p)));
      }
    }
  }

  private String described(Series s, Point p) {
    String name = s.name + ", " + across.label() + " " + across.tick(p.x);
    return Svg.described(up, name, p.y, p.low, p.high, p.of);
  }

  /** The points that follow each other without a gap. */
  private static List<List<Point>> runs(Series s) {
    List<List<Point>> runs = new ArrayList<>();
    List<Point> run = new ArrayList<>();
    for (Point p : s.points) {
      if (p.isThere()) {
        run.add(p);
      } else if (!run.isEmpty()) {
        runs.add(run);
        run = new ArrayList<>();
      }
    }
    if (!run.isEmpty()) {
      runs.add(run);
    }
    return runs;
  }

  private String place(double x, double y) {
    return Svg.number(x(x)) + "," + Svg.number(y(y)) + " ";
  }

  private double x(double value) {
    return LEFT + across.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return TOP + (1 - up.place(value)) * (HEIGHT - TOP - BOTTOM);
  }
}
