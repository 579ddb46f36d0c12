package dev.teak.lab.paper;

import dev.teak.lab.report.BarChart;
import dev.teak.lab.report.BarChart.Bar;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Results;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** Three defenses and every order of them: {@code docs/papers/defense-comparison.md}. */
final class DefenseComparisonPaper implements Paper {
  @Override
  public String name() {
    return "defense-comparison";
  }

  @Override
  public String title() {
    return "Three defenses, and every order of them";
  }

  @Override
  public List<Question> questions(Results results) {
    return DefenseComparisonFindings.of(DefenseComparison.of(results));
  }

  @Override
  public String basis() {
    return "These verdicts are computed from the results. A gain or a difference, in points, counts"
        + " where the 95% interval of the differences of the same seed leaves zero out (of one seed,"
        + " that over its images). FGSM is here, as in the paper, along the model's own gradient; what"
        + " is left of its gains under stronger attacks has a question and a part of its own.";
  }

  @Override
  public List<DomContent> charts(Results results) {
    DefenseComparison all = DefenseComparison.of(results);
    List<Group> groups = new ArrayList<>();
    if (all.control() != null) {
      groups.add(all.control());
    }
    groups.addAll(all.singles());
    if (groups.isEmpty() || !all.isAttacked()) {
      return List.of();
    }
    AdaptiveCheck check = all.check(groups);
    List<String> series =
        List.of("the paper, FGSM", all.attack(), "all attacks, " + check.images() + " images");
    List<BarChart.Group> bars = new ArrayList<>();
    for (Group g : groups) {
      double paper = DefenseComparisonFigures.fgsm(g.cell().recipe());
      bars.add(
          new BarChart.Group(
              g.training(),
              List.of(Bar.printed(paper), Bar.of(all.left(g)), Bar.of(check.left(g)))));
    }
    return List.of(new BarChart("What is left under attack", series, bars).render());
  }

  @Override
  public List<Part> parts(Results results) {
    DefenseComparison all = DefenseComparison.of(results);
    if (!all.isAttacked()) {
      return List.of();
    }
    DefenseComparisonTables tables = new DefenseComparisonTables(all);
    List<DomContent> masked = new ArrayList<>(all.check(all.singles()).table());
    List<Group> others = new ArrayList<>(all.orders(2));
    others.addAll(all.orders(3));
    addFolded(masked, "Every order", all.check(others));
    for (int layers : all.depths()) {
      List<Group> deep = all.named(all.deepened().stream().map(d -> d + ", " + layers + " layers"));
      addFolded(masked, "With " + layers + " layers", all.check(deep));
    }
    return List.of(
        new Part("The paper's figures beside these", tables.paper()),
        new Part("Is it a masked gradient", masked),
        new Part("Every order", tables.orders()),
        new Part("Depth", tables.depth()),
        new Part("What differs by more than chance", tables.significance()));
  }

  private static void addFolded(List<DomContent> page, String line, AdaptiveCheck check) {
    if (!check.table().isEmpty()) {
      page.add(Page.fold(line, check.table()));
    }
  }

  @Override
  public boolean features(Group group) {
    return DefenseComparisonFigures.ROWS.stream()
        .anyMatch(row -> row.recipe().equals(group.cell().recipe()));
  }
}
