package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.stats.Pairwise;
import dev.teak.lab.stats.Pairwise.Pair;
import j2html.tags.ContainerTag;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every pair of several models: how far the model of the row lies above that of the column, and
 * whether by more than chance. A table that scrolls inside itself, its columns numbered as its
 * rows, so that many models fit.
 */
public final class SignificanceMatrix {
  private static final String UP = "\u25b2";
  private static final String DOWN = "\u25bc";
  private static final String UNDECIDED = "\u00b7";

  /** From more models on the table is printed small. */
  private static final int MANY = 9;

  private SignificanceMatrix() {}

  /**
   * The table with its title and what its signs mean.
   *
   * @param title what was compared
   * @param all differences of shares, shown in points
   */
  public static ContainerTag<?> render(String title, Pairwise all) {
    int n = all.names().size();
    ContainerTag<?> head = tag("tr").with(tag("th").withText("less the model of the column"));
    ContainerTag<?> body = tag("tbody");
    for (int row = 0; row < n; row++) {
      String number = Integer.toString(row + 1);
      head.with(tag("th").attr("title", all.names().get(row)).withText(number));
      ContainerTag<?> line =
          tag("tr").with(tag("td").withText(number + " " + all.names().get(row)));
      for (int column = 0; column < n; column++) {
        line.with(
            row == column ? tag("td").withClass("same").withText("\\") : cell(all, row, column));
      }
      body.with(line);
    }
    return tag("figure")
        .with(
            tag("figcaption").withText(title + ": " + all.test() + ", corrected by Holm"),
            tag("div")
                .withClass("scroll")
                .with(
                    tag("table")
                        .withClass(n > MANY ? "pairs many" : "pairs")
                        .with(tag("thead").with(head), body)))
        .with(Page.note(legend(all)));
  }

  private static ContainerTag<?> cell(Pairwise all, int row, int column) {
    Pair pair = all.pair(row, column);
    double difference = row < column ? pair.difference() : -pair.difference();
    String sign = !pair.isSignificant() ? UNDECIDED : difference > 0 ? UP : DOWN;
    String p = pair.isTested() ? "p " + Formats.probability(pair.holm()) : "not tested";
    ContainerTag<?> cell =
        tag("td")
            .attr("title", what(all, pair, row, column, difference))
            .withText(sign + " " + Formats.points(difference))
            .with(tag("small").withText(p));
    return pair.isSignificant() ? cell.withClass(difference > 0 ? "up" : "down") : cell;
  }

  private static String what(Pairwise all, Pair pair, int row, int column, double difference) {
    String names = all.names().get(row) + " less " + all.names().get(column) + ": ";
    return names
        + Formats.points(difference)
        + " points; "
        + (pair.isTested()
            ? "p "
                + Formats.probability(pair.p())
                + ", corrected "
                + Formats.probability(pair.holm())
            : pair.unsaid());
  }

  private static String legend(Pairwise all) {
    List<Pair> tested = all.pairs().stream().filter(Pair::isTested).toList();
    String untested =
        all.pairs().stream()
            .map(Pair::unsaid)
            .filter(u -> !u.isEmpty())
            .distinct()
            .collect(Collectors.joining(" "));
    StringBuilder words = new StringBuilder();
    if (!tested.isEmpty()) {
      words.append(
          "Row less column in points, and the p of that difference after the correction for "
              + Formats.count(tested.size(), "pair")
              + ": "
              + UP
              + " above and "
              + DOWN
              + " below by more than chance (p below 0.05), "
              + UNDECIDED
              + " not decided. "
              + all.significant()
              + " of "
              + tested.size()
              + " differ.");
      if (!all.canDecide()) {
        words.append(
            " With so few runs no p could have come below "
                + Formats.probability(all.least())
                + ", so that this test can decide nothing here.");
      }
    }
    return (words + " " + untested).strip();
  }
}
