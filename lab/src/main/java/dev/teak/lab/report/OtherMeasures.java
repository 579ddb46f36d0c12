package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.measure.AttackedExamples;
import dev.teak.lab.measure.BehindMask;
import dev.teak.lab.measure.Clean;
import dev.teak.lab.measure.MaskedGradients;
import dev.teak.lab.measure.Reconstruction;
import j2html.tags.DomContent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What measures found that no section is made for: those from a jar of the user's, and attacks in
 * another norm than the rest.
 */
final class OtherMeasures {
  private static final Set<String> SHOWN =
      Set.of(Clean.NAME, BehindMask.NAME, MaskedGradients.NAME, AttackedExamples.NAME);

  private OtherMeasures() {}

  /**
   * A table for each: a row a recipe, a column a figure. Those of an ensemble's single members, of
   * which there may be many, are left to the tables of figures.
   */
  static List<DomContent> of(Results results) {
    List<String> names =
        results.groups().stream()
            .flatMap(g -> g.results().stream())
            .flatMap(r -> r.measures().entrySet().stream())
            .filter(e -> !SHOWN.contains(e.getValue().measure()))
            .filter(e -> !results.isAttack(e.getValue()))
            .filter(e -> !e.getValue().figures().isEmpty())
            .map(e -> e.getKey())
            .distinct()
            .toList();
    List<DomContent> page = new ArrayList<>();
    for (String name : names) {
      page.add(tag("h3").withText(name));
      page.add(table(results, name));
    }
    if (!page.isEmpty()) {
      page.add(
          Page.note("Means over seeds with half of their 95% interval; of one seed, its own."));
    }
    return page;
  }

  private static DomContent table(Results results, String name) {
    List<Group> groups =
        results.groups().stream().filter(g -> !measured(g, name).isEmpty()).toList();
    List<String> figures =
        groups.stream()
            .flatMap(g -> measured(g, name).stream())
            .flatMap(m -> m.figures().keySet().stream())
            .filter(f -> !Reconstruction.isOfOneMember(f))
            .distinct()
            .toList();
    List<String> head = new ArrayList<>(List.of("recipe"));
    figures.forEach(f -> head.add(f + images(groups, name, f)));
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.model() + ", " + g.training())));
      figures.forEach(f -> row.add(text(words(g, name, f))));
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  private static List<Measured> measured(Group g, String name) {
    return g.results().stream().flatMap(r -> r.measured(name).stream()).toList();
  }

  private static String images(List<Group> groups, String name, String figure) {
    List<Integer> counts =
        groups.stream()
            .flatMap(g -> measured(g, name).stream())
            .map(m -> m.figures().get(figure))
            .filter(f -> f != null && f.images() != null)
            .map(Figure::images)
            .distinct()
            .toList();
    return counts.size() == 1 ? " (" + Formats.count(counts.get(0), "image") + ")" : "";
  }

  private static String words(Group g, String name, String figure) {
    ToDoubleFunction<CellResult> value =
        r -> r.measured(name).map(m -> m.value(figure)).orElse(Double.NaN);
    Summary s = g.over(value);
    if (!s.isThere()) {
      return Formats.NOTHING;
    }
    if (s.hasInterval()) {
      return rounded(s.mean()) + " \u00b1 " + rounded(s.high() - s.mean());
    }
    Figure one =
        measured(g, name).stream()
            .map(m -> m.figures().get(figure))
            .filter(f -> f != null && f.low() != null && f.high() != null)
            .findFirst()
            .orElse(null);
    return s.count() > 1 || one == null
        ? rounded(s.mean())
        : rounded(s.mean()) + " (" + rounded(one.low()) + " to " + rounded(one.high()) + ")";
  }

  /** To four digits. */
  private static String rounded(double v) {
    return Double.isFinite(v)
        ? Numbers.shortest(new BigDecimal(v).round(new MathContext(4)).doubleValue())
        : Formats.NOTHING;
  }
}
