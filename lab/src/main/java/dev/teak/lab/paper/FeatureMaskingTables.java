package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.paper.FeatureMaskingFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Page.Columns;
import dev.teak.lab.report.Results;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** The paper's Table I and Table II with what was measured beside them. */
final class FeatureMaskingTables {
  private FeatureMaskingTables() {}

  /** Both tables for each model. */
  static List<DomContent> of(Results results) {
    List<DomContent> page = new ArrayList<>();
    page.add(tag("h3").withText("Table I: accuracy, accuracy under FGSM, training time"));
    boolean any = false;
    for (String model : results.models()) {
      if (results.of(model).stream().anyMatch(FeatureMaskingFigures::isInTable)) {
        page.add(tag("h4").withText(model));
        page.add(tableOne(results, model));
        any = true;
      }
    }
    page.add(
        Page.note(
            any
                ? "The paper does not say at which epsilon its FGSM was, nor on which of the models."
                    + " Training accuracy is that of the last epoch, on the masked batches. A"
                    + " figure \u00b1 another is a mean over seeds and half its 95% interval."
                : "No training of Table I is among the results."));
    page.add(tag("h3").withText("Table II: metrics of a model"));
    page.add(tableTwo(results));
    page.add(
        Page.note(
            "The paper gives these figures for one model without naming it. Precision, recall and F1"
                + " are macro means over the classes of the test set. Times are of this machine,"
                + " medians over seeds; inference is one pass over the test set."));
    return page;
  }

  private static DomContent tableOne(Results results, String model) {
    List<Double> epsilons = results.epsilons();
    List<String> head = new ArrayList<>(List.of("training", "train", "test", "FGSM", "time"));
    head.addAll(List.of("train", "test"));
    epsilons.forEach(e -> head.add("FGSM " + Axis.number(e)));
    head.add("time");
    List<List<DomContent>> rows = new ArrayList<>();
    Group baseline = results.baseline(model);
    for (Row row : FeatureMaskingFigures.TABLE_I) {
      Group g = FeatureMaskingFigures.find(row, results.of(model));
      if (g != null) {
        rows.add(rowOfOne(results, row, g, baseline));
      }
    }
    List<Columns> columns =
        List.of(
            new Columns("", 1, ""),
            new Columns("the paper", 4, "paper"),
            new Columns("measured", epsilons.size() + 3, ""));
    return Page.table(columns, head, rows);
  }

  private static List<DomContent> rowOfOne(Results results, Row row, Group g, Group baseline) {
    List<DomContent> cells = new ArrayList<>();
    cells.add(text(row.name()));
    for (double share : new double[] {row.train(), row.test(), row.fgsm()}) {
      cells.add(text(Math.round(100 * share) + "%"));
    }
    cells.add(text(Formats.increase(row.slower())));
    cells.add(text(g.over(FeatureMaskingTables::trainAccuracy).percent()));
    cells.add(text(g.over(r -> r.clean("accuracy")).percent()));
    for (double epsilon : results.epsilons()) {
      cells.add(text(g.over(Group.accuracy("fgsm", epsilon)).percent()));
    }
    cells.add(text(baseline == null ? Formats.NOTHING : results.slower(g, baseline)));
    return cells;
  }

  /**
   * Training time over that of the baseline, less 1; NaN where either is not known or too short.
   */
  static double increase(Results results, Group g, Group baseline) {
    var seconds = results.time(CellTimes::trainSeconds);
    double mine = g.median(seconds);
    double its = baseline.median(seconds);
    return Formats.isLongEnough(mine, its) ? mine / its - 1 : Double.NaN;
  }

  private static double trainAccuracy(CellResult r) {
    return r.last("train_accuracy");
  }

  private static DomContent tableTwo(Results results) {
    List<List<DomContent>> rows = new ArrayList<>();
    rows.add(
        row(
            tag("em").withText("the paper"),
            Formats.decimals(FeatureMaskingFigures.ACCURACY, 2),
            Formats.decimals(FeatureMaskingFigures.PRECISION, 2),
            Formats.decimals(FeatureMaskingFigures.RECALL, 2),
            Formats.decimals(FeatureMaskingFigures.F1, 2),
            Formats.seconds(FeatureMaskingFigures.TRAIN_SECONDS),
            Formats.seconds(FeatureMaskingFigures.INFERENCE_SECONDS),
            Formats.decimals(FeatureMaskingFigures.SIZE_MB, 1) + " MB"));
    for (Group g : results.groups()) {
      if (g.isPlain() || FeatureMaskingFigures.isInTable(g)) {
        rows.add(
            row(
                text(g.model() + ", " + g.training()),
                Formats.share(g.over(r -> r.clean("accuracy")).mean()),
                Formats.share(g.over(r -> r.clean("precision")).mean()),
                Formats.share(g.over(r -> r.clean("recall")).mean()),
                Formats.share(g.over(r -> r.clean("f1")).mean()),
                Formats.seconds(g.median(results.time(CellTimes::trainSeconds))),
                Formats.seconds(g.median(results.time(CellTimes::inferenceSeconds))),
                Formats.decimals(g.first().sizeMb(), 2) + " MB"));
      }
    }
    return Page.table(
        List.of("model", "accuracy", "precision", "recall", "F1", "training", "inference", "size"),
        rows);
  }

  private static List<DomContent> row(DomContent name, String... figures) {
    List<DomContent> cells = new ArrayList<>(List.of(name));
    for (String figure : figures) {
      cells.add(text(figure));
    }
    return cells;
  }
}
