package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.attacks.evaluation.Check;
import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The checks for masked gradients, of every training, and what follows from them. */
public final class ChecksTable {
  private static final String PASS = "\u2713";
  private static final String FAIL = "\u2717";

  private ChecksTable() {}

  /** A table for each model, the names of the checks, and each check that failed. */
  static List<DomContent> of(Results results) {
    Map<Integer, String> names = new TreeMap<>();
    results.groups().stream()
        .flatMap(g -> g.results().stream())
        .flatMap(r -> r.checks().stream())
        .forEach(c -> names.put(c.number(), c.name()));
    if (names.isEmpty()) {
      return List.of();
    }
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      page.add(tag("h3").withText(model));
      page.add(table(results, model, names));
      page.add(verdicts(results, model));
    }
    page.add(
        Page.note(
            PASS
                + " a check passed in all seeds that were checked, "
                + FAIL
                + " in how many of them it failed. The checks: "
                + String.join(
                    "; ",
                    names.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList())
                + ". On how many images, at which epsilon and of how many seeds they were run stands"
                + " under How to make it again; of few images, one can make a check fail by"
                + " chance."));
    List<List<DomContent>> failed = failures(results);
    if (!failed.isEmpty()) {
      page.add(
          tag("details")
              .with(
                  tag("summary").withText("Each check that failed (" + failed.size() + ")"),
                  Page.table(List.of("cell", "check", "value", "limit", "meaning"), failed)));
    }
    return page;
  }

  /** The numbers of the checks that failed in any seed, in a few words. */
  public static String failed(Group g) {
    List<Check> checks = g.results().stream().flatMap(r -> r.checks().stream()).toList();
    List<String> failed =
        checks.stream()
            .filter(c -> !c.passed())
            .map(c -> Integer.toString(c.number()))
            .distinct()
            .toList();
    return checks.isEmpty()
        ? Formats.NOTHING
        : failed.isEmpty() ? "pass" : String.join(", ", failed) + " fail";
  }

  private static DomContent table(Results results, String model, Map<Integer, String> names) {
    List<String> head = new ArrayList<>(List.of("recipe"));
    names.keySet().forEach(n -> head.add(n.toString()));
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.of(model)) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      names.keySet().forEach(n -> row.add(cell(g, n)));
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  private static DomContent cell(Group g, int number) {
    List<Check> checks =
        g.results().stream()
            .flatMap(r -> r.checks().stream())
            .filter(c -> c.number() == number)
            .toList();
    long failed = checks.stream().filter(c -> !c.passed()).count();
    if (checks.isEmpty()) {
      return text(Formats.NOTHING);
    }
    return failed == 0 ? text(PASS) : tag("b").withText(FAIL + " " + failed + "/" + checks.size());
  }

  private static DomContent verdicts(Results results, String model) {
    Group baseline = results.baseline(model);
    if (baseline == null) {
      return Page.note(
          "Without an undefended recipe of " + model + " nothing can be said of gains.");
    }
    return tag("ul")
        .with(
            tag("li")
                .with(tag("b").withText(baseline.training()))
                .withText(": " + checked(baseline) + "."))
        .with(
            results.defended(model).stream()
                .map(g -> HiddenGradient.of(results, g, baseline))
                .map(
                    h ->
                        tag("li")
                            .with(tag("b").withText(h.group().training()))
                            .withText(": " + h.words() + "."))
                .toList());
  }

  private static String checked(Group g) {
    List<Check> checks = g.results().stream().flatMap(r -> r.checks().stream()).toList();
    List<String> failed =
        checks.stream()
            .filter(c -> !c.passed())
            .map(c -> c.number() + " (" + c.name() + ")")
            .distinct()
            .toList();
    return checks.isEmpty()
        ? "not checked for masked gradients"
        : failed.isEmpty() ? "passes all checks" : "fails check " + String.join(", ", failed);
  }

  private static List<List<DomContent>> failures(Results results) {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.groups()) {
      for (CellResult r : g.results()) {
        for (Check c : r.checks()) {
          if (!c.passed()) {
            rows.add(
                List.of(
                    text(g.model() + ", " + g.training() + ", seed " + r.cell().seed()),
                    text(c.number() + " " + c.name()),
                    text(Numbers.shortest(c.value())),
                    text(Numbers.shortest(c.limit())),
                    text(c.meaning())));
          }
        }
      }
    }
    return rows;
  }
}
