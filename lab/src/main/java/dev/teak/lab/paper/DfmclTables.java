package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.paper.DfmclFigures.Published;
import dev.teak.lab.paper.DfmclFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.ChecksTable;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.GroupTests;
import dev.teak.lab.report.LineChart;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Page.Columns;
import dev.teak.lab.report.Summary;
import dev.teak.lab.stats.HyperScore;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The paper's figures with ours and what is published, its score, readings, alpha and cost. */
final class DfmclTables {
  private final Dfmcl all;

  DfmclTables(Dfmcl all) {
    this.all = all;
  }

  /** The paper's table beside ours, and what others have published. */
  List<DomContent> paper() {
    AdaptiveCheck check = all.check(all.main());
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : all.main()) {
      Row row = DfmclFigures.row(g.cell().recipe());
      List<DomContent> cells = new ArrayList<>(List.of(text(g.training())));
      cells.add(text(row == null ? Formats.NOTHING : Formats.percent(row.clean())));
      cells.add(text(row == null ? Formats.NOTHING : Formats.percent(row.fgsm())));
      cells.add(text(row == null ? Formats.NOTHING : Formats.percent(row.pgd())));
      cells.add(text(Dfmcl.clean(g).bare()));
      cells.add(text(all.left(g, Dfmcl.FGSM).bare()));
      cells.add(text(all.left(g, Dfmcl.PGD).bare()));
      cells.add(tag("b").withText(check.left(g).bare()));
      cells.add(text(ChecksTable.failed(g)));
      rows.add(cells);
    }
    if (rows.isEmpty()) {
      return List.of();
    }
    List<DomContent> page = new ArrayList<>();
    page.add(
        Page.table(
            List.of(
                new Columns("", 1, ""),
                new Columns("the paper", 3, "paper"),
                new Columns("here, attacks at " + Axis.number(all.epsilon()), 5, "")),
            List.of(
                "recipe",
                "clean",
                "FGSM",
                "PGD-20",
                "clean",
                "FGSM",
                "PGD",
                "all attacks",
                "checks for hidden gradients"),
            rows));
    page.add(
        Page.note(
            "In percent. All attacks: the share of the first "
                + Formats.count(check.images(), "test image")
                + " that is right under every one. A standard model keeps about nothing under PGD at"
                + " 0.08, which is 20/255; the paper prints 48.7% and more, which no attack that was"
                + " run to its end leaves. Checks: the numbers of those that failed in any seed; they"
                + " stand under Masked gradients."));
    page.addAll(published());
    return page;
  }

  private List<DomContent> published() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Published p : DfmclFigures.PUBLISHED) {
      rows.add(
          List.of(
              text(p.training()),
              text(Formats.percent(p.clean())),
              text(Formats.percent(p.autoattack()))));
    }
    String at = "AutoAttack at " + Axis.number(DfmclFigures.PUBLISHED_EPSILON);
    return List.of(
        tag("h3").withText("What is published of a ResNet-18"),
        Page.table(List.of("training", "clean", at), rows),
        Page.note(
            "As RobustBench lists them, without further images and at an epsilon two and a half"
                + " times as small: the best of them stands below what the paper prints of every"
                + " adversarial training at 0.08."));
  }

  /** The paper's score, of its figures and of ours. */
  List<DomContent> hyperScore() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : all.main()) {
      Summary score = g.over(all.hyperScore());
      Row row = DfmclFigures.row(g.cell().recipe());
      if (score.isThere()) {
        rows.add(
            List.of(
                text(g.training()),
                text(
                    row == null
                        ? Formats.NOTHING
                        : Formats.decimals(HyperScore.of(row.clean(), row.fgsm(), row.pgd()), 2)),
                text(number(score, 2))));
      }
    }
    return rows.isEmpty()
        ? List.of()
        : List.of(
            Page.table(List.of("recipe", "of the paper's figures", "here"), rows),
            Page.note(
                "100 (1 + sigmoid(4 ln V - ln 2)\u00b2), V the mean of the accuracies clean, under "
                    + all.title(Dfmcl.FGSM)
                    + " and under "
                    + all.title(Dfmcl.PGD)
                    + ". It lies between 100 and 111.1, and below a mean of one half it does not"
                    + " leave 100.1: there it tells no model from another."));
  }

  private static String number(Summary s, int digits) {
    return Formats.decimals(s.mean(), digits)
        + (s.hasInterval() ? " \u00b1 " + Formats.decimals(s.high() - s.mean(), digits) : "");
  }

  /** The mask as it is written, and read in other ways. */
  List<DomContent> readings() {
    List<Group> groups = new ArrayList<>(all.readings());
    if (groups.isEmpty()) {
      return List.of();
    }
    if (all.named(Dfmcl.DFMCL) != null) {
      groups.add(0, all.named(Dfmcl.DFMCL));
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      row.add(
          text(
              DfmclFigures.READINGS.getOrDefault(g.cell().recipe(), "as the paper's text has it")));
      addLeft(row, g);
      addMask(row, g);
      rows.add(row);
    }
    return List.of(
        Page.table(
            List.of(
                "recipe",
                "reading",
                "clean",
                all.title(Dfmcl.FGSM),
                all.title(Dfmcl.PGD),
                "alpha at the end",
                "mean p",
                "masked"),
            rows),
        Page.note(
            "In percent; alpha, the mean of p over the maps and the share of elements that were"
                + " masked are of the last epoch."));
  }

  private void addLeft(List<DomContent> row, Group g) {
    row.add(text(Dfmcl.clean(g).bare()));
    row.add(text(all.left(g, Dfmcl.FGSM).bare()));
    row.add(text(all.left(g, Dfmcl.PGD).bare()));
  }

  private static void addMask(List<DomContent> row, Group g) {
    row.add(text(number(g.over(r -> r.last(Dfmcl.MASK_ALPHA)), 4)));
    row.add(text(Formats.share(g.over(r -> r.last(Dfmcl.MASK_PROBABILITY)).mean())));
    row.add(text(Formats.percent(g.over(r -> r.last(Dfmcl.MASKED)).mean())));
  }

  /** What becomes of every alpha, and of what it masks. */
  List<DomContent> alphas() {
    List<Group> groups = all.alphas();
    if (groups.size() < 2) {
      return List.of();
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(Axis.number(Dfmcl.alpha(g)))));
      addMask(row, g);
      addLeft(row, g);
      rows.add(row);
    }
    List<DomContent> charts = new ArrayList<>();
    charts.addAll(
        chart(
            "alpha, over where it starts",
            groups,
            g -> e -> e.figure(Dfmcl.MASK_ALPHA) / Dfmcl.alpha(g)));
    charts.addAll(chart("mean p", groups, g -> e -> e.figure(Dfmcl.MASK_PROBABILITY)));
    charts.addAll(chart("share masked", groups, g -> e -> e.figure(Dfmcl.MASKED)));
    List<DomContent> page = new ArrayList<>();
    page.add(
        Page.table(
            List.of(
                "alpha at the start",
                "alpha at the end",
                "mean p",
                "masked",
                "clean",
                all.title(Dfmcl.FGSM),
                all.title(Dfmcl.PGD)),
            rows));
    if (!charts.isEmpty()) {
      page.add(Page.side(charts));
    }
    return page;
  }

  private static List<DomContent> chart(
      String title, List<Group> groups, Function<Group, ToDoubleFunction<Epoch>> figure) {
    List<Series> series =
        groups.stream()
            .limit(LineChart.STYLES)
            .map(
                g ->
                    new Series(
                        "from alpha " + Axis.number(Dfmcl.alpha(g)), points(g, figure.apply(g))))
            .filter(s -> !s.points().isEmpty())
            .toList();
    return series.isEmpty()
        ? List.of()
        : List.of(LineChart.fitted(title, "epoch", false, series).render());
  }

  private static List<Point> points(Group g, ToDoubleFunction<Epoch> figure) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < g.first().epochs().size(); i++) {
      int epoch = i;
      Summary s =
          g.over(
              r ->
                  epoch < r.epochs().size()
                      ? figure.applyAsDouble(r.epochs().get(epoch))
                      : Double.NaN);
      if (s.isThere()) {
        boolean band = s.hasInterval();
        points.add(
            new Point(
                epoch + 1,
                s.mean(),
                band ? s.low() : s.mean(),
                band ? s.high() : s.mean(),
                s.of()));
      }
    }
    return points;
  }

  /** What FGSM leaves of trainings by one step, and what PGD leaves. */
  List<DomContent> singleSteps() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : all.singleSteps()) {
      Summary fgsm = all.left(g, Dfmcl.FGSM);
      Summary pgd = all.left(g, Dfmcl.PGD);
      if (fgsm.isThere() && pgd.isThere()) {
        rows.add(
            List.of(
                text(g.training()),
                text(Dfmcl.clean(g).bare()),
                text(fgsm.bare()),
                text(pgd.bare()),
                text(Formats.percent(pgd.mean() / fgsm.mean()))));
      }
    }
    return rows.isEmpty()
        ? List.of()
        : List.of(
            Page.table(
                List.of(
                    "recipe", "clean", all.title(Dfmcl.FGSM), all.title(Dfmcl.PGD), "PGD of FGSM"),
                rows),
            Page.note(
                "In percent. A training by one step may collapse: it holds against FGSM and falls"
                    + " to PGD, which leaves less than half of what FGSM leaves. The epoch in which"
                    + " that happened can be read under Epoch by epoch, where both judge."));
  }

  /** What the field trains with, and what an epoch of it costs. */
  List<DomContent> baselines() {
    List<Group> groups = new ArrayList<>(all.main());
    groups.addAll(all.baselines());
    AdaptiveCheck check = all.check(groups);
    if (all.baselines().isEmpty() || check.images() == 0) {
      return List.of();
    }
    double small = DfmclFigures.PUBLISHED_EPSILON;
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      addLeft(row, g);
      row.add(text(g.attacked(Dfmcl.PGD, small).bare()));
      row.add(tag("b").withText(check.left(g).bare()));
      row.add(text(all.cost(g)));
      rows.add(row);
    }
    return List.of(
        Page.table(
            List.of(
                "recipe",
                "clean",
                all.title(Dfmcl.FGSM),
                all.title(Dfmcl.PGD),
                "PGD at " + Axis.number(small),
                "all attacks, " + Formats.count(check.images(), "image"),
                "seconds an epoch"),
            rows),
        Page.note(
            "In percent. The last column is the median of an epoch's wall time over that of standard"
                + " training, validation included; free training goes through each batch several"
                + " times and takes as many epochs less."));
  }

  /** What differs by more than chance: all at once, and every pair by three tests. */
  List<DomContent> significance() {
    Map<String, ToDoubleFunction<CellResult>> figures = new LinkedHashMap<>();
    figures.put("clean", r -> r.clean("accuracy"));
    for (String attack : List.of(Dfmcl.FGSM, Dfmcl.PGD)) {
      figures.put(all.title(attack), Group.accuracy(attack, all.epsilon()));
    }
    return GroupTests.compared("The paper's models and all pairs", all.main(), figures);
  }
}
