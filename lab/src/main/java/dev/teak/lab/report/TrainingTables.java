package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.UnderAttack;
import dev.teak.lab.measure.BehindMask;
import dev.teak.lab.report.Page.Columns;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Every training in figures: accuracy, masks at test time, and what it costs. */
final class TrainingTables {
  private static final String DIMENSION = "effective_dimension";

  private TrainingTables() {}

  /** Accuracy as it is and under each attack at each epsilon, two tables for each model. */
  static List<DomContent> accuracy(Results results) {
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<Group> groups = results.of(model);
      List<String> attacks =
          results.underAttack().stream().filter(a -> isThere(results, groups, a)).toList();
      SameImages same = SameImages.of(groups, attacks, results.epsilons());
      page.add(tag("h3").withText(model));
      if (!attacks.isEmpty() && same.images() > 0) {
        page.add(
            caption("All on the same images: the first " + same.images() + " of the test set"));
        page.add(table(results, groups, attacks, a -> "", same::clean, same::under));
        page.add(caption("Each on all images that it was asked of"));
      }
      page.add(
          table(
              results,
              groups,
              attacks,
              a -> images(groups, a),
              g -> g.over(r -> r.clean("accuracy")),
              Group::attacked));
    }
    page.add(
        Page.note(
            "In percent, means over seeds with half of their 95% interval; of one seed under attack,"
                + " its interval over the images. Accuracy under an attack is the share of the"
                + " attacked images that are right both as they are and after it. Only figures of"
                + " the same images can be told apart: a stronger attack on others may seem weaker."));
    return page;
  }

  private static DomContent caption(String words) {
    return tag("h4").withText(words);
  }

  private static boolean isThere(Results results, List<Group> groups, String attack) {
    return results.epsilons().stream()
        .anyMatch(e -> groups.stream().anyMatch(g -> g.attacked(attack, e).isThere()));
  }

  /** What an attack leaves of a group at an epsilon. */
  private interface Left {
    Summary of(Group g, String attack, double epsilon);
  }

  private static DomContent table(
      Results results,
      List<Group> groups,
      List<String> attacks,
      UnaryOperator<String> images,
      Function<Group, Summary> clean,
      Left left) {
    List<Columns> columns = new ArrayList<>(List.of(new Columns("", 2, "")));
    List<String> head = new ArrayList<>(List.of("recipe", "clean"));
    for (String attack : attacks) {
      String title = Results.title(attack) + images.apply(attack);
      columns.add(new Columns(title, results.epsilons().size(), ""));
      results.epsilons().forEach(e -> head.add(Axis.number(e)));
    }
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      row.add(text(clean.apply(g).bare()));
      for (String attack : attacks) {
        results.epsilons().forEach(e -> row.add(text(left.of(g, attack, e).bare())));
      }
      rows.add(row);
    }
    return Page.table(columns, head, rows);
  }

  /** On how many images an attack was asked: (128 images), (16 to 32 images). */
  private static String images(List<Group> groups, String attack) {
    IntSummaryStatistics counts =
        groups.stream()
            .flatMap(g -> g.results().stream())
            .flatMap(r -> r.measures().entrySet().stream())
            .filter(e -> e.getKey().startsWith(attack + Results.AT))
            .mapToInt(e -> UnderAttack.of(e.getValue()).images())
            .summaryStatistics();
    String from = counts.getMin() == counts.getMax() ? "" : counts.getMin() + " to ";
    return " (" + from + Formats.count(counts.getMax(), "image") + ")";
  }

  /** Precision, recall and F1, clean and under attack at one epsilon, a table for each model. */
  static List<DomContent> metrics(Results results) {
    double epsilon = results.middleEpsilon();
    List<Columns> columns =
        new ArrayList<>(List.of(new Columns("", 1, ""), new Columns("clean", 3, "")));
    List<String> head = new ArrayList<>(List.of("recipe", "precision", "recall", "F1"));
    for (String attack : results.underAttack()) {
      columns.add(new Columns(Results.title(attack) + " at " + Axis.number(epsilon), 3, ""));
      head.addAll(List.of("precision", "recall", "F1"));
    }
    List<DomContent> page = new ArrayList<>();
    for (String model : results.models()) {
      List<List<DomContent>> rows = new ArrayList<>();
      for (Group g : results.of(model)) {
        List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
        row.add(text(Formats.share(g.over(r -> r.clean("precision")).mean())));
        row.add(text(Formats.share(g.over(r -> r.clean("recall")).mean())));
        row.add(text(Formats.share(g.over(r -> r.clean("f1")).mean())));
        for (String a : results.underAttack()) {
          row.add(
              text(
                  Formats.share(
                      g.over(Group.attacked(a, epsilon, UnderAttack::precision)).mean())));
          row.add(
              text(Formats.share(g.over(Group.attacked(a, epsilon, UnderAttack::recall)).mean())));
          row.add(text(Formats.share(g.over(Group.attacked(a, epsilon, UnderAttack::f1)).mean())));
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
      Measured masked = g.first().measured(BehindMask.NAME).orElse(null);
      Summary dimension = g.over(r -> r.last(DIMENSION));
      if (masked == null && !dimension.isThere()) {
        continue;
      }
      rows.add(
          List.of(
              text(g.model() + ", " + g.training()),
              text(
                  masked == null ? Formats.NOTHING : String.valueOf(masked.settings().get("mask"))),
              text(g.over(r -> r.clean("accuracy")).percent()),
              text(g.over(TrainingTables::behindMask).percent()),
              text(masked == null ? Formats.NOTHING : attacked(g)),
              text(dimension.isThere() ? Numbers.shortest(dimension.mean()) : Formats.NOTHING)));
    }
    if (rows.isEmpty()) {
      return List.of();
    }
    return List.of(
        Page.table(
            List.of(
                "recipe",
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
    for (UnderAttack a : g.first().attackedBehindMask()) {
      Summary s = g.over(r -> masked(r, a));
      parts.add(Results.title(a.attack()) + " " + Axis.number(a.epsilon()) + ": " + s.percent());
    }
    return parts.isEmpty() ? Formats.NOTHING : String.join("; ", parts);
  }

  private static double behindMask(CellResult r) {
    return r.measured(BehindMask.NAME).map(m -> m.value("accuracy")).orElse(Double.NaN);
  }

  private static double masked(CellResult r, UnderAttack like) {
    return Group.find(r, BehindMask.NAME + " " + like.attack(), like.epsilon())
        .map(UnderAttack::accuracy)
        .orElse(Double.NaN);
  }
}
