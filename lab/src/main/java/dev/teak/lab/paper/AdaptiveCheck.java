package dev.teak.lab.paper;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.measure.TransferAttack;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.ChecksTable;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Page;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.SameImages;
import dev.teak.lab.report.Summary;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Whether what defenses gain under FGSM is more than a masked gradient: the same images under FGSM
 * along the model's own gradient, and under all attacks that know the defense, come from another
 * model or need no gradient (Athalye et al., "Obfuscated gradients give a false sense of security",
 * 2018).
 */
final class AdaptiveCheck {
  private final Against against;
  private final List<Group> groups;
  private final List<String> attacks;
  private final SameImages same;

  private AdaptiveCheck(
      Against against, List<Group> groups, List<String> attacks, SameImages same) {
    this.against = against;
    this.groups = groups;
    this.attacks = attacks;
    this.same = same;
  }

  /**
   * What gains are measured by.
   *
   * @param results of all
   * @param weak FGSM as results name it: {@code fgsm}, or {@code fgsm naive}
   * @param epsilon at which
   * @param control what a recipe gains over; null where there is nothing
   */
  record Against(Results results, String weak, double epsilon, UnaryOperator<Group> control) {}

  /** Of these recipes, with the controls that they stand beside. */
  static AdaptiveCheck of(Against against, List<Group> groups) {
    List<Group> with = new ArrayList<>();
    for (Group g : groups) {
      Group control = against.control.apply(g);
      if (control != null && !with.contains(control)) {
        with.add(control);
      }
    }
    groups.stream().filter(g -> !with.contains(g)).forEach(with::add);
    List<String> attacks =
        against.results.underAttack().stream()
            .filter(a -> with.stream().anyMatch(g -> g.attacked(a, against.epsilon).isThere()))
            .toList();
    SameImages same =
        attacks.isEmpty()
            ? new SameImages(0)
            : SameImages.of(with, attacks, List.of(against.epsilon));
    return new AdaptiveCheck(against, with, attacks, same);
  }

  /**
   * What is to be said of a recipe.
   *
   * @param weak its gain under the paper's FGSM
   * @param strong its gain where the worst of all attacks counts for each image
   */
  private record Said(Group group, Summary weak, Summary strong, Verdict sign, String word) {}

  /** The images that all of it is of. */
  int images() {
    return same.images();
  }

  /** Whether there is an attack beside the paper's own. */
  boolean hasStronger() {
    return same.images() > 0 && attacks.stream().anyMatch(a -> !a.equals(against.weak));
  }

  /** What all attacks together leave. */
  Summary left(Group g) {
    return same.underAll(g, attacks, against.epsilon);
  }

  /** A verdict for each defense that stands beside a control. */
  private List<Said> verdicts() {
    return groups.stream()
        .filter(g -> against.control.apply(g) != null && !g.equals(against.control.apply(g)))
        .map(this::said)
        .toList();
  }

  private Said said(Group g) {
    Group control = against.control.apply(g);
    double epsilon = against.epsilon;
    Summary weak = same.lessUnderAll(g, control, List.of(against.weak), epsilon);
    Summary strong = same.lessUnderAll(g, control, attacks, epsilon);
    if (!weak.isThere() || !strong.isThere()) {
      return new Said(g, weak, strong, Verdict.OPEN, "not measured");
    }
    if (!weak.hasInterval()) {
      return new Said(g, weak, strong, Verdict.OPEN, "not decided: one seed");
    }
    if (!weak.isAboveZero()) {
      boolean below = weak.isBelowZero();
      return new Said(
          g,
          weak,
          strong,
          Verdict.OPEN,
          below ? "loses under FGSM" : "no gain under FGSM is shown");
    }
    double half = weak.mean() / 2;
    if (strong.isAboveZero()) {
      return strong.mean() >= half
          ? new Said(g, weak, strong, Verdict.YES, "the gain stands")
          : new Said(g, weak, strong, Verdict.PARTLY, "more than half of the gain is gone");
    }
    // Of few images seeds often agree: an interval without a width says nothing of a gain.
    boolean shown = strong.high() > strong.low() || strong.mean() <= 0;
    return shown && strong.high() < half
        ? new Said(g, weak, strong, Verdict.NO, "a masked gradient: the gain is gone")
        : new Said(g, weak, strong, Verdict.OPEN, "the figures cannot tell");
  }

  /** How much more all attacks together leave of one than of another. */
  Summary gain(Group g, Group over) {
    return same.lessUnderAll(g, over, attacks, against.epsilon);
  }

  /** The verdicts as answers; none where there is no attack beside the weak one. */
  List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    if (!hasStronger()) {
      return answers;
    }
    for (Said said : verdicts()) {
      String behind =
          "Gain under FGSM %s, where the worst of all attacks counts %s, on the same %s."
              .formatted(
                  said.weak.points(), said.strong.points(), Formats.count(images(), "image"));
      answers.add(
          new Answer(
              said.group.training(),
              said.weak.points() + "\n\u2192 " + said.strong.points(),
              said.sign,
              said.word,
              List.of(behind)));
    }
    return answers;
  }

  /** The table; none where nothing was attacked. */
  List<DomContent> table() {
    if (same.images() == 0) {
      return List.of();
    }
    Map<String, List<String>> columns = columns();
    List<String> head = new ArrayList<>(List.of("recipe", "clean"));
    head.addAll(columns.keySet());
    head.addAll(List.of("all together", "gain under FGSM", "gain under all", "checks", "verdict"));
    List<Said> said = verdicts();
    List<List<DomContent>> rows = new ArrayList<>();
    for (Group g : groups) {
      List<DomContent> row = new ArrayList<>(List.of(text(g.training())));
      row.add(text(same.clean(g).bare()));
      columns.values().forEach(c -> row.add(text(same.underAll(g, c, against.epsilon).bare())));
      row.add(tag("b").withText(left(g).bare()));
      Said its = said.stream().filter(s -> s.group().equals(g)).findFirst().orElse(null);
      row.add(text(its == null ? Formats.NOTHING : its.weak().points()));
      row.add(text(its == null ? Formats.NOTHING : its.strong().points()));
      row.add(text(ChecksTable.failed(g)));
      row.add(its == null ? text(Formats.NOTHING) : verdict(its));
      rows.add(row);
    }
    return List.of(
        Page.table(head, rows),
        Page.note(
            "In percent, all on the first "
                + same.images()
                + " test images at epsilon "
                + Axis.number(against.epsilon)
                + ". All together: the share that is right under every attack. Gains are over the"
                + " undefended model of the same architecture, in points with their 95% interval over seeds. A gain"
                + " stands where at least half of it is left when the worst of all attacks counts;"
                + " it is a masked gradient where the interval shows that half of it is not. Checks:"
                + " the numbers of those that failed in any seed."));
  }

  /** Attacks by what stands above them: each by itself, those from other models together. */
  private Map<String, List<String>> columns() {
    List<String> transfers =
        attacks.stream().filter(a -> a.startsWith(TransferAttack.NAME + " ")).toList();
    String together = "transfer from " + transfers.size() + " models";
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (String attack : attacks) {
      boolean joined = transfers.size() > 1 && transfers.contains(attack);
      columns.put(joined ? together : Results.title(attack), joined ? transfers : List.of(attack));
    }
    return columns;
  }

  private static DomContent verdict(Said said) {
    return tag("span")
        .withClass("verdict " + said.sign().style())
        .withText(said.sign().sign() + " " + said.word());
  }
}
