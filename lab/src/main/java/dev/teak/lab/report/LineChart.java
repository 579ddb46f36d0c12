package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG: no script, no font of its own, colours from the page's style, so that
 * it follows dark mode and prints. The vertical axis is a share, 0 to 1.
 *
 * @param title what is shown
 * @param xLabel what runs to the right
 * @param series the lines, four at most told apart by colour and dash
 */
public record LineChart(String title, String xLabel, List<Series> series) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int LEFT = 56;
  private static final int RIGHT = 16;
  private static final int TOP = 16;
  private static final int BOTTOM = 48;

  /**
   * One line.
   *
   * @param name for the legend
   * @param points x and y of each point, x rising, y in 0..1
   */
  public record Series(String name, List<double[]> points) {}

  /** The chart with its legend, for a page that carries {@link Page}'s style. */
  public ContainerTag<?> render() {
    ContainerTag<?> svg =
        tag("svg")
            .attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
            .attr("role", "img")
            .attr("aria-label", title)
            .withClass("chart");
    double most = 0;
    for (Series s : series) {
      for (double[] p : s.points) {
        most = Math.max(most, p[0]);
      }
    }
    axes(svg, most);
    for (int i = 0; i < series.size(); i++) {
      line(svg, series.get(i), i, most);
    }
    ContainerTag<?> legend = tag("div").withClass("legend");
    for (int i = 0; i < series.size(); i++) {
      legend.with(
          tag("span").with(tag("i").withClass("key s" + i)).withText(" " + series.get(i).name));
    }
    return tag("figure").with(tag("figcaption").withText(title), svg, legend);
  }

  private void axes(ContainerTag<?> svg, double most) {
    for (int i = 0; i <= 4; i++) {
      double share = i / 4.0;
      svg.with(
          tag("line")
              .withClass("grid")
              .attr("x1", LEFT)
              .attr("x2", WIDTH - RIGHT)
              .attr("y1", number(y(share)))
              .attr("y2", number(y(share))),
          text(LEFT - 8, y(share) + 4, "end", Math.round(share * 100) + "%"));
      double x = most * i / 4;
      svg.with(text(x(x, most), HEIGHT - BOTTOM + 18, "middle", shortest(x)));
    }
    svg.with(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", xLabel));
  }

  private static void line(ContainerTag<?> svg, Series s, int index, double most) {
    StringBuilder path = new StringBuilder();
    for (double[] p : s.points) {
      path.append(number(x(p[0], most))).append(',').append(number(y(p[1]))).append(' ');
    }
    svg.with(tag("polyline").withClass("line s" + index).attr("points", path.toString().trim()));
    for (double[] p : s.points) {
      svg.with(
          tag("circle")
              .withClass("dot s" + index)
              .attr("cx", number(x(p[0], most)))
              .attr("cy", number(y(p[1])))
              .attr("r", "3.5")
              .with(
                  tag("title")
                      .withText(
                          s.name
                              + ": "
                              + shortest(p[0])
                              + ", "
                              + String.format(Locale.ROOT, "%.1f%%", 100 * p[1]))));
    }
  }

  private static ContainerTag<?> text(double x, double y, String anchor, String what) {
    return tag("text")
        .attr("x", number(x))
        .attr("y", number(y))
        .attr("text-anchor", anchor)
        .withText(what);
  }

  private static double x(double value, double most) {
    return LEFT + (most == 0 ? 0 : value / most) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double share) {
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double v) {
    return String.format(Locale.ROOT, "%.1f", v);
  }

  private static String shortest(double v) {
    return String.format(Locale.ROOT, "%.3f", v).replaceAll("0+$", "").replaceAll("\\.$", "");
  }
}
