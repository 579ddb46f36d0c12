package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.CellResult.Masked;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.report.Page.Columns;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Every training in figures: accuracy, masks at test time, and what it costs. */
final class TrainingTables {
  private TrainingTables() {}

  /** Accuracy as it is and under each attack at each epsilon, a table for each model. */
  static List<DomContent> accuracy(Results results) {
    List<Columns> columns = new ArrayList<>(List.of(new Columns("", 2, "")));
    List<String> head = new ArrayList<>(List.of("training", "clean"));
    for (String attack : results.attacks()) {
      columns.add(new Columns(Results.title(attack), results.epsilons().size(), ""));
      results.epsilons().forEach(e -> head.add(Axis.number(e)));
    }
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<List<DomContent>> rows = new ArrayList<>();
      for (Group g : results.of(model)) {
        List<DomContent> row = new ArrayList<>();
        row.add(text(g.training()));
        row.add(text(g.over(r -> r.clean().accuracy()).bare()));
        for (String attack : results.attacks()) {
          results.epsilons().forEach(e -> row.add(text(g.attacked(attack, e).bare())));
        }
        rows.add(row);
      }
      page.add(tag("h3").withText(model));
      page.add(Page.table(columns, head, rows));
    }
    page.add(
        Page.note(
            "In percent. Accuracy under an attack is the share of the attacked images that are right"
                + " both as they are and after it. Attacked were "
                + images(results)
                + " of the test set."));
    return page;
  }

  private static String images(Results results) {
    List<String> parts = new ArrayList<>();
    for (String attack : results.attacks()) {
      int[] counts =
          results.groups().stream()
              .flatMap(g -> g.results().stream())
              .flatMap(r -> r.attacked().stream())
              .filter(a -> a.attack().equals(attack))
              .mapToInt(Attacked::images)
              .distinct()
              .sorted()
              .toArray();
      String words =
          counts.length == 1 ? "" + counts[0] : counts[0] + " to " + counts[counts.length - 1];
      parts.add("by " + Results.title(attack) + " the first " + words);
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  /** Precision, recall and F1, clean and under attack at one epsilon, a table for each model. */
  static List<DomContent> metrics(Results results) {
    double epsilon = results.middleEpsilon();
    List<Columns> columns =
        new ArrayList<>(List.of(new Columns("", 1, ""), new Columns("clean", 3, "")));
    List<String> head = new ArrayList<>(List.of("training", "precision", "recall", "F1"));
    for (String attack : results.attacks()) {
      columns.add(new Columns(Results.title(attack) + " at " + Axis.number(epsilon), 3, ""));
      head.addAll(List.of("precision", "recall", "F1"));
    }
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<List<DomContent>> rows = new ArrayList<>();
      for (Group g : results.of(model)) {
        List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
        row.add(text(Formats.share(g.over(r -> r.clean().precision()).mean())));
        row.add(text(Formats.share(g.over(r -> r.clean().recall()).mean())));
        row.add(text(Formats.share(g.over(r -> r.clean().f1()).mean())));
        for (String a : results.attacks()) {
          row.add(
              text(Formats.share(g.over(Group.attacked(a, epsilon, Attacked::precision)).mean())));
          row.add(text(Formats.share(g.over(Group.attacked(a, epsilon, Attacked::recall)).mean())));
          row.add(text(Formats.share(g.over(Group.attacked(a, epsilon, Attacked::f1)).mean())));
        }
        rows.add(row);
      }
      page.add(tag("h3").withText(model));
      page.add(Page.table(columns, head, rows));
    }
    return page;
  }

  /** With one consistent mask at test time, and how many pixels a learned mask leaves. */
  static List<DomContent> masks(Results results) {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.groups()) {
      Masked masked = g.first().masked();
      if (masked == null && g.first().effectiveDimension() == null) {
        continue;
      }
      Summary dimension =
          g.over(r -> r.effectiveDimension() == null ? Double.NaN : r.effectiveDimension());
      rows.add(
          List.of(
              text(g.model() + ", " + g.training()),
              text(masked == null ? Formats.NOTHING : masked.mask()),
              text(g.over(r -> r.clean().accuracy()).percent()),
              text(g.over(r -> r.masked() == null ? Double.NaN : r.masked().accuracy()).percent()),
              text(masked == null ? Formats.NOTHING : attacked(g)),
              text(dimension.isThere() ? Numbers.shortest(dimension.mean()) : Formats.NOTHING)));
    }
    if (rows.isEmpty()) {
      return List.of(Page.note("No training among the results has a mask for test time."));
    }
    return List.of(
        Page.table(
            List.of(
                "training",
                "mask at test time",
                "without it",
                "with it",
                "with it, attacked",
                "effective dimension"),
            rows),
        Page.note(
            "Without and with one consistent mask in front of the model; attacks see through the mask."
                + " The effective dimension of a learned mask is the sum of its entries."));
  }

  private static String attacked(Group g) {
    List<String> parts = new ArrayList<>();
    for (Attacked a : g.first().masked().attacked()) {
      Summary s = g.over(r -> masked(r, a));
      parts.add(Results.title(a.attack()) + " " + Axis.number(a.epsilon()) + ": " + s.percent());
    }
    return parts.isEmpty() ? Formats.NOTHING : String.join("; ", parts);
  }

  private static double masked(CellResult r, Attacked like) {
    return r.masked() == null
        ? Double.NaN
        : Group.find(r.masked().attacked(), like.attack(), like.epsilon())
            .map(Attacked::accuracy)
            .orElse(Double.NaN);
  }

  /** Time, memory and size. */
  static List<DomContent> cost(Results results) {
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : results.groups()) {
      Group baseline = results.baseline(g.model());
      rows.add(
          List.of(
              text(g.model() + ", " + g.training()),
              seconds(results, g, CellTimes::trainSeconds),
              text(baseline == null ? Formats.NOTHING : PaperTables.slower(results, g, baseline)),
              seconds(results, g, CellTimes::inferenceSeconds),
              seconds(results, g, CellTimes::attackSeconds),
              seconds(results, g, CellTimes::checkSeconds),
              text(String.format(Locale.ROOT, "%,d", g.first().parameters())),
              text(Formats.decimals(g.first().sizeMb(), 2) + " MB")));
    }
    List<DomContent> page = new ArrayList<>();
    page.add(
        Page.table(
            List.of(
                "training",
                "training time",
                "over baseline",
                "inference",
                "attacks",
                "checks",
                "parameters",
                "size"),
            rows));
    double memory =
        results.groups().stream()
            .flatMap(g -> g.results().stream())
            .mapToDouble(results.time(CellTimes::peakMemoryMb))
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    page.add(
        Page.note(
            "Wall time, medians over seeds; inference is one pass over the test set."
                + (Double.isNaN(memory)
                    ? ""
                    : " Java's heap held at most " + Math.round(memory) + " MiB.")));
    return page;
  }

  private static DomContent seconds(Results results, Group g, ToDoubleFunction<CellTimes> figure) {
    return text(Formats.seconds(g.median(results.time(figure))));
  }
}
