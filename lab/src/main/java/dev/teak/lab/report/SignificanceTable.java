package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.report.Comparison.Test;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether each training differs from its model's baseline by more than chance. */
final class SignificanceTable {
  private SignificanceTable() {}

  /** A table for each model that has a baseline and anything beside it. */
  static List<DomContent> of(Results results) {
    List<DomContent> page = new ArrayList<>();
    int seeds = 0;
    for (String model : results.models()) {
      List<Comparison> all = Comparison.of(results, model);
      if (!all.isEmpty()) {
        page.add(tag("h3").withText(model));
        page.add(table(all));
        seeds = Math.max(seeds, all.stream().mapToInt(c -> c.difference().count()).max().orElse(0));
      }
    }
    if (page.isEmpty()) {
      return List.of();
    }
    page.add(
        Page.note(
            "Differences from the undefended recipe of the same seed, in points, with their 95% interval over"
                + " seeds. Each test is two-sided: its p, and in brackets the same after Holm's"
                + " correction for all tests of its kind on the model; bold below 0.05. McNemar"
                + " compares predictions image by image, where they are kept: the largest p of the"
                + " seeds stands here, and 1 where seeds lean to different sides. "
                + limit(seeds)));
    return page;
  }

  private static String limit(int seeds) {
    return seeds < 2
        ? "With one seed there is no test over seeds."
        : String.format(
            Locale.ROOT,
            "With %d seeds no Wilcoxon test can come below %s.",
            seeds,
            Formats.probability(Math.pow(2, 1 - seeds)));
  }

  private static DomContent table(List<Comparison> all) {
    List<List<DomContent>> rows = new ArrayList<>();
    String last = "";
    for (Comparison c : all) {
      rows.add(
          List.of(
              text(c.group().training().equals(last) ? "" : c.group().training()),
              text(c.measure()),
              text(c.difference().points()),
              test(c.t()),
              test(c.wilcoxon()),
              test(c.mcnemar())));
      last = c.group().training();
    }
    return Page.table(
        List.of("recipe", "accuracy", "difference", "paired t", "Wilcoxon", "McNemar"), rows);
  }

  private static DomContent test(Test t) {
    if (Double.isNaN(t.p())) {
      return text(Formats.NOTHING);
    }
    String words = Formats.probability(t.p()) + " (" + Formats.probability(t.holm()) + ")";
    return t.isSignificant() ? tag("b").withText(words) : text(words);
  }
}
