package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import j2html.tags.ContainerTag;
import java.util.Locale;

/**
 * Counts of what was taken for what: a row for each true class, a column for each predicted one,
 * shaded by the share of its row.
 */
final class ConfusionMatrix {
  private static final int CELL = 40;
  private static final int LEFT = 38;
  private static final int TOP = 38;

  private ConfusionMatrix() {}

  /**
   * The picture.
   *
   * @param title whose
   * @param counts {@code [true][predicted]}
   */
  static ContainerTag<?> render(String title, long[][] counts) {
    int n = counts.length;
    ContainerTag<?> svg = Svg.picture(title, LEFT + n * CELL + 2, TOP + n * CELL + 2);
    svg.with(
        Svg.text(LEFT + n * CELL / 2.0, 14, "middle", "predicted"),
        Svg.text(0, 0, "middle", "true")
            .attr("transform", "translate(12 " + (TOP + n * CELL / 2) + ") rotate(-90)"));
    for (int i = 0; i < n; i++) {
      double middle = (i + 0.5) * CELL;
      svg.with(
          Svg.text(LEFT + middle, TOP - 8, "middle", Integer.toString(i)),
          Svg.text(LEFT - 10, TOP + middle + 5, "middle", Integer.toString(i)));
      long all = 0;
      for (long count : counts[i]) {
        all += count;
      }
      for (int j = 0; j < n; j++) {
        cell(svg, i, j, counts[i][j], all);
      }
    }
    return tag("figure").with(tag("figcaption").withText(title), svg);
  }

  /** Faint below a half and strong above, so that the number is always readable on it. */
  private static void cell(ContainerTag<?> svg, int row, int column, long count, long all) {
    double share = all == 0 ? 0 : (double) count / all;
    boolean strong = share >= 0.5;
    double ink = count == 0 ? 0 : strong ? 0.75 + 0.25 * share : 0.1 + 0.5 * share;
    double x = LEFT + column * CELL;
    double y = TOP + row * CELL;
    svg.with(
        Svg.rectangle("cell " + (row == column ? "hit" : "miss"), x, y, CELL, CELL)
            .attr("fill-opacity", String.format(Locale.ROOT, "%.2f", ink))
            .with(
                tag("title")
                    .withText(
                        count
                            + " of "
                            + all
                            + " of class "
                            + row
                            + " taken for "
                            + column
                            + " ("
                            + Formats.percent(share)
                            + ")")),
        Svg.text(x + CELL / 2.0, y + CELL / 2.0 + 5, "middle", Long.toString(count))
            .withClass(strong ? "onCell" : count == 0 ? "faint" : "strong"));
  }
}
