package dev.teak.lab.paper;

import static dev.teak.lab.paper.DenoisingEnsemble.ACCURACY;
import static dev.teak.lab.paper.DenoisingEnsemble.ADVERSARIAL;
import static dev.teak.lab.paper.DenoisingEnsemble.CLASSIFIER;
import static dev.teak.lab.paper.DenoisingEnsemble.COMBINED;
import static dev.teak.lab.paper.DenoisingEnsemble.FOLDS;
import static dev.teak.lab.paper.DenoisingEnsemble.MSE;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.measure.Reconstruction;
import dev.teak.lab.paper.DenoisingEnsembleFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.LineChart;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Page.Columns;
import dev.teak.lab.report.Summary;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The paper's figures with ours beside them, the grid, what is given back, and what it takes. */
final class DenoisingEnsembleTables {
  private final DenoisingEnsemble all;

  DenoisingEnsembleTables(DenoisingEnsemble all) {
    this.all = all;
  }

  /** The paper's table beside ours. */
  List<DomContent> paper() {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Row row : all.rows()) {
      double e = row.epsilon();
      Group one = all.denoised(CLASSIFIER, e);
      List<DomContent> cells = new ArrayList<>(List.of(text(Axis.number(e))));
      cells.add(text(exact(row.adversarial())));
      cells.add(text(exact(row.reconstructed())));
      cells.add(text(exact(row.folds())));
      cells.add(text(DenoisingEnsemble.at(one, e, ADVERSARIAL).bare()));
      cells.add(text(DenoisingEnsemble.at(one, e, ACCURACY).bare()));
      cells.add(text(FoldTables.mean(all.denoised(FOLDS, e), e).bare()));
      for (String combined : COMBINED) {
        cells.add(text(DenoisingEnsemble.at(all.denoised(combined, e), e, ACCURACY).bare()));
      }
      rows.add(cells);
    }
    List<String> head =
        List.of(
            "epsilon = noise",
            "attacked",
            "denoised",
            "10 folds, denoised",
            "attacked",
            "denoised",
            "mean over folds",
            "mean probability",
            "majority vote",
            "weighted");
    Group classifier = all.classifier();
    Summary clean = classifier == null ? Summary.NOTHING : classifier.over(r -> r.clean(ACCURACY));
    return List.of(
        Page.table(
            List.of(
                new Columns("", 1, ""),
                new Columns("the paper", 3, "paper"),
                new Columns("here", 6, "")),
            head,
            rows),
        Page.note(
            "Accuracy in percent under FGSM on the classifier alone; the images as they are: the"
                + " paper "
                + exact(DenoisingEnsembleFigures.CLEAN)
                + ", here "
                + clean.percent()
                + ". Of several seeds with half of the 95% interval over them, of one with the"
                + " interval over its images; the mean over folds with that of Nadeau and Bengio."));
  }

  /** To the digits that the paper prints. */
  static String exact(double share) {
    return Formats.decimals(100 * share, 2) + "%";
  }

  /** Accuracy at every epsilon of every noise that the autoencoder has learned with. */
  List<DomContent> grid() {
    List<DomContent> page = new ArrayList<>();
    for (String behind : List.of(CLASSIFIER, FOLDS)) {
      List<Group> groups =
          all.epsilons().stream()
              .map(noise -> all.denoised(behind, noise))
              .filter(Objects::nonNull)
              .toList();
      if (!groups.isEmpty()) {
        page.add(tag("h3").withText(behind.equals(CLASSIFIER) ? "The classifier" : "The folds"));
        List<Group> with = new ArrayList<>(groups);
        Group bare = all.results().named(behind);
        if (bare != null) {
          with.add(0, bare);
        }
        page.add(grid(with, ACCURACY, Summary::bare));
      }
    }
    if (!page.isEmpty()) {
      page.add(
          Page.note(
              "Accuracy in percent on images that FGSM made on the classifier alone; a row is what"
                  + " stands in front, a column the attack."));
      page.addAll(others());
    }
    return page;
  }

  private List<DomContent> others() {
    List<Group> others =
        all.fronted().stream()
            .filter(g -> !g.cell().recipe().startsWith(DenoisingEnsemble.DENOISED))
            .toList();
    return others.isEmpty()
        ? List.of()
        : List.of(tag("h3").withText("Other autoencoders"), grid(others, ACCURACY, Summary::bare));
  }

  private DomContent grid(List<Group> groups, String figure, Function<Summary, String> words) {
    List<String> head = new ArrayList<>(List.of("recipe", "clean"));
    all.epsilons().forEach(e -> head.add(DenoisingEnsemble.words(e)));
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.cell().recipe())));
      row.add(text(g.over(r -> r.clean(ACCURACY)).bare()));
      all.epsilons().forEach(e -> row.add(text(words.apply(DenoisingEnsemble.at(g, e, figure)))));
      rows.add(row);
    }
    return Page.table(head, rows);
  }

  /** How near images come to what they were, and what that has to do with accuracy. */
  List<DomContent> quality() {
    List<DomContent> page = new ArrayList<>();
    List<List<DomContent>> sets = new ArrayList<>();
    List<List<DomContent>> errors = new ArrayList<>();
    for (Group g : all.fronted()) {
      for (double e : all.epsilons()) {
        if (DenoisingEnsemble.at(g, e, MSE).isThere()) {
          sets.add(row(g, e, List.of("clean_", "adversarial_", "reconstructed_clean_", "")));
          errors.add(errors(g, e));
        }
      }
    }
    if (sets.isEmpty()) {
      return List.of();
    }
    page.add(errorAgainstAccuracy());
    page.add(tag("h3").withText("Accuracy and loss"));
    page.add(
        Page.table(
            List.of(
                new Columns("", 2, ""),
                new Columns("the classifier, clean", 2, ""),
                new Columns("attacked", 2, ""),
                new Columns("behind the autoencoder, clean", 2, ""),
                new Columns("attacked", 2, "")),
            List.of(
                "recipe",
                "epsilon",
                "accuracy",
                "loss",
                "accuracy",
                "loss",
                "accuracy",
                "loss",
                "accuracy",
                "loss"),
            sets));
    page.add(tag("h3").withText("Reconstruction error"));
    page.add(
        Page.table(
            List.of(
                new Columns("", 2, ""),
                new Columns("mean squared error", 3, ""),
                new Columns("PSNR, dB", 3, ""),
                new Columns("SSIM", 3, "")),
            List.of(
                "recipe",
                "epsilon",
                "attacked",
                "given back",
                "clean given back",
                "attacked",
                "given back",
                "clean given back",
                "attacked",
                "given back",
                "clean given back"),
            errors));
    page.add(
        Page.note(
            "Accuracy in percent, loss is the mean cross-entropy. Errors are against the images as"
                + " they were, means over images and seeds: of the attacked images, of what the"
                + " autoencoder makes of them, and of what it makes of the images as they are."
                + " SSIM as Wang et al. (2004), a Gaussian window of 11 with deviation 1.5."));
    return page;
  }

  private static List<DomContent> row(Group g, double epsilon, List<String> sets) {
    List<DomContent> row =
        new ArrayList<>(List.of(text(g.cell().recipe()), text(Axis.number(epsilon))));
    for (String set : sets) {
      row.add(text(DenoisingEnsemble.at(g, epsilon, set + "accuracy").bare()));
      row.add(text(number(g, epsilon, set + "loss", 3)));
    }
    return row;
  }

  private static List<DomContent> errors(Group g, double epsilon) {
    List<DomContent> row =
        new ArrayList<>(List.of(text(g.cell().recipe()), text(Axis.number(epsilon))));
    Map<String, Integer> digits = Map.of("mse", 4, "psnr", 1, "ssim", 3);
    for (String figure : List.of("mse", "psnr", "ssim")) {
      for (String of : List.of("adversarial_", "reconstructed_", "reconstructed_clean_")) {
        row.add(text(number(g, epsilon, of + figure, digits.get(figure))));
      }
    }
    return row;
  }

  private static String number(Group g, double epsilon, String figure, int digits) {
    return Formats.decimals(DenoisingEnsemble.at(g, epsilon, figure).mean(), digits);
  }

  private DomContent errorAgainstAccuracy() {
    List<Series> series = new ArrayList<>();
    for (Group g : all.fronted()) {
      List<Point> points =
          all.epsilons().stream()
              .map(e -> point(g, e))
              .filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()))
              .sorted(Comparator.comparingDouble(Point::x))
              .toList();
      if (!points.isEmpty() && series.size() < LineChart.STYLES) {
        series.add(new Series(g.training(), points));
      }
    }
    return LineChart.ofShares(
            "accuracy against reconstruction error, a point each epsilon",
            "mean squared error",
            series)
        .render();
  }

  private static Point point(Group g, double epsilon) {
    Summary s = DenoisingEnsemble.at(g, epsilon, ACCURACY);
    double error = DenoisingEnsemble.at(g, epsilon, MSE).mean();
    return new Point(error, s.mean(), s.lowShare(), s.highShare(), s.of());
  }

  /** Seconds of each part of the work, one after the other. */
  List<DomContent> times() {
    List<List<DomContent>> rows = new ArrayList<>();
    addTime(rows, "training the classifier", all.classifier(), CellTimes::trainSeconds);
    for (Group g : all.fronted()) {
      addTime(rows, "training what stands in front: " + g.training(), g, CellTimes::trainSeconds);
    }
    addTime(rows, "training the folds", all.results().named(FOLDS), CellTimes::trainSeconds);
    for (Group g : all.all()) {
      addTime(rows, "one pass over the test set: " + g.training(), g, CellTimes::inferenceSeconds);
    }
    for (Group g : all.all()) {
      addTime(
          rows,
          "FGSM on the classifier, and both on what it made: " + g.training(),
          g,
          DenoisingEnsembleTables::attacking);
    }
    return rows.isEmpty()
        ? List.of()
        : List.of(
            Page.table(List.of("part", "wall time"), rows),
            Page.note("Medians over seeds, as it was on the machine of the run."));
  }

  private static double attacking(CellTimes t) {
    return t.measureSeconds().entrySet().stream()
        .filter(e -> e.getKey().startsWith(Reconstruction.NAME))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private void addTime(
      List<List<DomContent>> rows, String part, Group g, ToDoubleFunction<CellTimes> figure) {
    double seconds = g == null ? Double.NaN : g.median(all.results().time(figure));
    if (Double.isFinite(seconds)) {
      rows.add(List.of(text(part), text(Formats.seconds(seconds))));
    }
  }
}
