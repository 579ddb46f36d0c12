package dev.teak.lab.report;

import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What every recipe costs: seconds of training and of each measure, parameters, bytes. */
final class CostTable {
  private CostTable() {}

  /** One row a recipe; times are left out where none were kept. */
  static List<DomContent> of(Results results) {
    boolean timed = results.groups().stream().anyMatch(g -> isTimed(results, g));
    List<String> measures = timed ? measures(results) : List.of();
    List<String> head = new ArrayList<>(List.of("recipe", "parameters", "size"));
    if (timed) {
      head.addAll(List.of("training", "over the undefended", "inference"));
      head.addAll(measures);
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.groups()) {
      List<DomContent> row = new ArrayList<>();
      row.add(text(g.model() + ", " + g.training()));
      row.add(text(String.format(Locale.ROOT, "%,d", g.first().parameters())));
      row.add(text(Formats.decimals(g.first().sizeMb(), 2) + " MB"));
      if (timed) {
        Group baseline = results.baseline(g.model());
        row.add(seconds(results, g, CellTimes::trainSeconds));
        row.add(text(baseline == null ? Formats.NOTHING : results.slower(g, baseline)));
        row.add(seconds(results, g, CellTimes::inferenceSeconds));
        measures.forEach(m -> row.add(seconds(results, g, t -> of(t, m))));
      }
      rows.add(row);
    }
    List<DomContent> page = new ArrayList<>(List.of(Page.table(head, rows)));
    if (timed) {
      page.add(
          Page.note(
              "Wall time, medians over seeds; inference is one pass over the test set, the last"
                  + " columns are the measures."
                  + memory(results)));
    }
    return page;
  }

  private static boolean isTimed(Results results, Group g) {
    return Double.isFinite(g.median(results.time(CellTimes::trainSeconds)));
  }

  private static String memory(Results results) {
    double most =
        results.groups().stream()
            .flatMap(g -> g.results().stream())
            .mapToDouble(results.time(CellTimes::peakMemoryMb))
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    return Double.isNaN(most) ? "" : " Java's heap held at most " + Math.round(most) + " MiB.";
  }

  /** The kinds of measures that took any time to speak of. */
  private static List<String> measures(Results results) {
    return results.times().stream()
        .flatMap(t -> t.measureSeconds().keySet().stream())
        .map(CostTable::kind)
        .distinct()
        .sorted()
        .toList();
  }

  private static String kind(String measure) {
    return measure.split("[ (]", 2)[0];
  }

  private static double of(CellTimes t, String kind) {
    return t.measureSeconds().entrySet().stream()
        .filter(e -> kind(e.getKey()).equals(kind))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static DomContent seconds(Results results, Group g, ToDoubleFunction<CellTimes> figure) {
    ToDoubleFunction<CellResult> of = results.time(figure);
    return text(Formats.seconds(g.median(of)));
  }
}
