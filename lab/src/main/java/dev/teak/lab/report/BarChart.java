package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shares as bars that lie, from 0 to 100% as in every such chart: a group of bars under each name,
 * so that long names fit a narrow page.
 *
 * @param title what is shown
 * @param series what each bar of a group is, top to bottom
 * @param groups in order, top to bottom
 */
public record BarChart(String title, List<String> series, List<Group> groups) {
  private static final int WIDTH = 440;
  private static final int RIGHT = 48;
  private static final int BAR = 15;
  private static final int NAME = 20;
  private static final int GAP = 10;
  private static final int TOP = 20;

  /**
   * A bar.
   *
   * @param value 0..1; NaN for what was not measured, which is said in words
   * @param low within what it lies; {@code value} for none
   * @param high the other end
   * @param of what it is a figure of, as "3 seeds" or "128 images"; empty where that goes unsaid
   */
  public record Bar(double value, double low, double high, String of) {
    /** Of a figure with its interval. */
    public static Bar of(Summary s) {
      return new Bar(s.mean(), s.lowShare(), s.highShare(), s.of());
    }

    /** Of a figure that was printed by others, without an interval. */
    public static Bar printed(double share) {
      return new Bar(share, share, share, "");
    }
  }

  /** The bars of one name, one for each of the chart's series. */
  public record Group(String name, List<Bar> bars) {}

  /** The chart with its legend, for a page that carries {@link Page}'s style. */
  public ContainerTag<?> render() {
    Axis across = Axis.shares("");
    int groupHeight = NAME + series.size() * BAR + GAP;
    int height = TOP + groups.size() * groupHeight;
    ContainerTag<?> svg = Svg.picture(title, WIDTH, height);
    for (double tick : across.ticks()) {
      svg.with(
          Svg.line("grid", x(across, tick), TOP - 4, x(across, tick), height),
          Svg.text(x(across, tick), TOP - 8, tick == 0 ? "start" : "middle", across.tick(tick)));
    }
    int y = TOP;
    for (Group g : groups) {
      svg.with(Svg.text(2, y + NAME - 5, "start", g.name).withClass("strong"));
      for (int i = 0; i < g.bars.size(); i++) {
        bar(svg, across, g, i, y + NAME + i * BAR);
      }
      y += groupHeight;
    }
    ContainerTag<?> legend = tag("div").withClass("legend");
    for (int i = 0; i < series.size(); i++) {
      int at = i;
      Stream<String> of =
          groups.stream().map(g -> g.bars.get(at)).filter(BarChart::isThere).map(Bar::of);
      legend.with(Svg.key(Svg.rectangle("bar s" + i, 0, 0, 28, 8), Svg.counted(series.get(i), of)));
    }
    return tag("figure").with(tag("figcaption").withText(title), legend, svg);
  }

  private void bar(ContainerTag<?> svg, Axis across, Group group, int index, double y) {
    Bar b = group.bars.get(index);
    if (!isThere(b)) {
      svg.with(Svg.text(4, y + BAR - 4, "start", "not measured").withClass("small"));
      return;
    }
    String name = group.name + ", " + series.get(index);
    String what = Svg.described(across, name, b.value, b.low, b.high, b.of);
    double end = x(across, b.value);
    svg.with(Svg.named(Svg.rectangle("bar s" + index, 0, y, Math.max(0.5, end), BAR - 2), what));
    if (b.high > b.low) {
      double middle = y + (BAR - 2) / 2.0;
      svg.with(Svg.line("whisker", x(across, b.low), middle, x(across, b.high), middle));
      end = Math.max(end, x(across, b.high));
    }
    svg.with(Svg.text(end + 4, y + BAR - 4, "start", Formats.percent(b.value)).withClass("small"));
  }

  private static boolean isThere(Bar b) {
    return Double.isFinite(b.value);
  }

  private static double x(Axis across, double value) {
    return across.place(value) * (WIDTH - RIGHT);
  }
}
