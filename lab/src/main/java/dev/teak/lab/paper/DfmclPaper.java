package dev.teak.lab.paper;

import dev.teak.lab.paper.DfmclFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.BarChart;
import dev.teak.lab.report.BarChart.Bar;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Results;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** Dynamic feature masking and a curriculum of attacks: {@code docs/papers/dfmcl.md}. */
final class DfmclPaper implements Paper {
  @Override
  public String name() {
    return "dfmcl";
  }

  @Override
  public String title() {
    return "Dynamic feature masking, and a curriculum of attacks";
  }

  @Override
  public List<Question> questions(Results results) {
    return DfmclFindings.of(Dfmcl.of(results));
  }

  @Override
  public String basis() {
    return "These verdicts are computed from the results. A difference, in points, counts where its"
        + " 95% interval over seeds (of one seed, over its images) leaves zero out. The paper's"
        + " strongest attack is PGD of 20 steps; what is left where an image counts only if it"
        + " stands against every attack, with images from other models among them, has questions"
        + " and a part of its own.";
  }

  @Override
  public List<DomContent> charts(Results results) {
    Dfmcl all = Dfmcl.of(results);
    List<Group> main = all.main();
    if (main.isEmpty() || !all.isAttacked()) {
      return List.of();
    }
    AdaptiveCheck check = all.check(main);
    List<BarChart.Group> bars = new ArrayList<>();
    for (Group g : main) {
      Row row = DfmclFigures.row(g.cell().recipe());
      bars.add(
          new BarChart.Group(
              g.training(),
              List.of(
                  Bar.printed(row == null ? Double.NaN : row.pgd()),
                  Bar.of(all.left(g, Dfmcl.FGSM)),
                  Bar.of(all.left(g, Dfmcl.PGD)),
                  Bar.of(check.left(g)))));
    }
    List<String> series =
        List.of("the paper, PGD-20", "FGSM", "PGD", "all attacks, " + check.images() + " images");
    String title = "What is left under attack at " + Axis.number(all.epsilon());
    return List.of(new BarChart(title, series, bars).render());
  }

  @Override
  public List<Part> parts(Results results) {
    Dfmcl all = Dfmcl.of(results);
    if (!all.isAttacked()) {
      return List.of();
    }
    DfmclTables tables = new DfmclTables(all);
    List<DomContent> masked = new ArrayList<>(all.check(all.main()).table());
    List<Group> others = new ArrayList<>(all.readings());
    others.addAll(all.baselines());
    List<DomContent> rest = others.isEmpty() ? List.of() : all.check(others).table();
    if (!rest.isEmpty()) {
      masked.add(Page.fold("Readings and baselines", rest));
    }
    return List.of(
        new Part("The paper's figures beside these", tables.paper()),
        new Part("HyperScore", tables.hyperScore()),
        new Part("Is it a masked gradient", masked),
        new Part("From model to model", TransferMatrix.of(all).render()),
        new Part("Readings of the mask", tables.readings()),
        new Part("Where alpha starts, and where it ends", tables.alphas()),
        new Part("Trainings by one step", tables.singleSteps()),
        new Part("Robust baselines, and what they cost", tables.baselines()),
        new Part("What differs by more than chance", tables.significance()));
  }

  @Override
  public boolean features(Group group) {
    return Dfmcl.MAIN.contains(group.cell().recipe());
  }
}
