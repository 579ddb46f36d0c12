package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Counts of what was taken for what: a row for each true class, a column for each predicted one,
 * shaded by the share of its row.
 */
final class ConfusionMatrix {
  private static final int CELL = 40;
  private static final int DIGIT = 8;

  /** Wider than this it keeps its size and scrolls. */
  private static final int FITS = 12;

  private ConfusionMatrix() {}

  /**
   * The picture.
   *
   * @param title whose
   * @param classes their names; one to two letters stand as they are, longer ones upright
   * @param counts {@code [true][predicted]}
   */
  static ContainerTag<?> render(String title, List<String> classes, long[][] counts) {
    int n = counts.length;
    int longest = classes.stream().mapToInt(String::length).max().orElse(1);
    int left = 30 + DIGIT * longest;
    int top = longest > 2 ? left : 38;
    double width = left + n * CELL + 2;
    double height = top + n * CELL + 2;
    ContainerTag<?> svg = Svg.picture(title, width, height);
    svg.with(
        Svg.text(left + n * CELL / 2.0, 14, "middle", "predicted"),
        Svg.text(0, 0, "middle", "true")
            .attr("transform", "translate(12 " + (top + n * CELL / 2) + ") rotate(-90)"));
    for (int i = 0; i < n; i++) {
      double middle = (i + 0.5) * CELL;
      svg.with(
          longest > 2
              ? Svg.text(0, 0, "start", classes.get(i))
                  .attr(
                      "transform",
                      "translate("
                          + Svg.number(left + middle + 4)
                          + " "
                          + (top - 6)
                          + ") rotate(-90)")
              : Svg.text(left + middle, top - 8, "middle", classes.get(i)),
          Svg.text(left - 8, top + middle + 5, "end", classes.get(i)));
      long all = Arrays.stream(counts[i]).sum();
      for (int j = 0; j < n; j++) {
        Cell cell = new Cell(classes.get(i), classes.get(j), counts[i][j], all);
        cell.draw(svg, left + j * CELL, top + i * CELL);
      }
    }
    if (n > FITS) {
      svg.withClass("chart natural")
          .attr("width", Svg.number(width))
          .attr("height", Svg.number(height));
    }
    return tag("figure")
        .with(tag("figcaption").withText(title), tag("div").withClass("scroll").with(svg));
  }

  /** How many of all of a class were taken for another. */
  private record Cell(String actual, String predicted, long count, long all) {
    /** Faint below a half and strong above, so that the number is always readable on it. */
    void draw(ContainerTag<?> svg, double x, double y) {
      double share = all == 0 ? 0 : (double) count / all;
      boolean strong = share >= 0.5;
      double ink = count == 0 ? 0 : strong ? 0.75 + 0.25 * share : 0.1 + 0.5 * share;
      String what =
          String.format(
              Locale.ROOT,
              "%,d of %,d of class %s taken for %s (%s)",
              count,
              all,
              actual,
              predicted,
              Formats.percent(share));
      String style = "cell " + (actual.equals(predicted) ? "hit" : "miss");
      svg.with(
          Svg.named(
              Svg.rectangle(style, x, y, CELL, CELL)
                  .attr("fill-opacity", String.format(Locale.ROOT, "%.2f", ink)),
              what),
          Svg.text(x + CELL / 2.0, y + CELL / 2.0 + 5, "middle", Long.toString(count))
              .withClass(strong ? "onCell" : count == 0 ? "faint" : "strong"));
    }
  }
}
