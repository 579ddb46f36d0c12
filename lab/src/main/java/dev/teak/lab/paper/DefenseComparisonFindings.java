package dev.teak.lab.paper;

import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.GroupTests;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.report.Summary;
import dev.teak.lab.report.Tally;
import dev.teak.lab.stats.PairTest;
import dev.teak.lab.stats.Pairwise;
import dev.teak.lab.stats.Runs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the paper claims of its defenses, and what the results say. Every verdict is computed. */
final class DefenseComparisonFindings {
  private final DefenseComparison all;
  private final List<Question> found = new ArrayList<>();

  private DefenseComparisonFindings(DefenseComparison all) {
    this.all = all;
  }

  /** All that the results can say something of. */
  static List<Question> of(DefenseComparison all) {
    DefenseComparisonFindings f = new DefenseComparisonFindings(all);
    if (!all.isAttacked()) {
      return List.of();
    }
    f.helps(
        "Does adversarial training help under FGSM?",
        List.of(DefenseComparisonFigures.ADVERSARIAL));
    f.helps("Does gradient masking help under FGSM?", DefenseComparisonFigures.MASKING_FORMS);
    f.distillation();
    f.bestPair();
    f.order();
    f.depth();
    f.masked();
    f.strongest();
    return f.found;
  }

  private void add(String question, String paper, List<Answer> answers) {
    if (!answers.isEmpty()) {
      found.add(new Question(question, paper, answers));
    }
  }

  private static String paper(String recipe) {
    return DefenseComparisonTables.exact(DefenseComparisonFigures.fgsm(recipe));
  }

  private void helps(String question, List<String> recipes) {
    List<Answer> answers = new ArrayList<>();
    for (Group g : all.named(recipes.stream())) {
      Summary gain = all.gain(g);
      if (gain.isThere()) {
        answers.add(
            new Answer(
                recipes.size() > 1 ? g.training() : "",
                gain.points(),
                Verdict.of(gain),
                gain.word("helps", "hurts"),
                List.of(sentence(g))));
      }
    }
    String from = paper(DefenseComparisonFigures.CONTROL);
    add(question, "From " + from + " to " + paper(recipes.get(0)), answers);
  }

  private String sentence(Group g) {
    Group control = all.control(g);
    return String.format(
        Locale.ROOT,
        "Under %s %s keeps %s, the control %s; as they are %s and %s.",
        all.attack(),
        g.training(),
        all.left(g).percent(),
        all.left(control).percent(),
        g.over(r -> r.clean("accuracy")).percent(),
        control.over(r -> r.clean("accuracy")).percent());
  }

  private void distillation() {
    Group g = all.results().named(DefenseComparisonFigures.DISTILLATION);
    Group control = g == null ? null : all.control(g);
    if (control == null || !all.gain(g).isThere()) {
      return;
    }
    List<Runs> runs = List.of(g.runs(all.underWeak()), control.runs(all.underWeak()));
    Pairwise.Pair pair = Pairwise.of(PairTest.WELCH_T, runs).pair(0, 1);
    Verdict sign = !pair.isTested() ? Verdict.OPEN : pair.p() < 0.05 ? Verdict.NO : Verdict.YES;
    String p = "p " + Formats.probability(pair.p());
    String word =
        !pair.isTested()
            ? "too few runs to test"
            : pair.p() >= 0.05
                ? "not significant, " + p
                : pair.difference() > 0 ? "a significant gain, " + p : "a significant loss, " + p;
    String test = pair.isTested() ? "Welch's t of the two: " + p + "." : pair.unsaid();
    add(
        "Is what distillation gains insignificant?",
        paper(DefenseComparisonFigures.DISTILLATION)
            + " against "
            + paper(DefenseComparisonFigures.CONTROL)
            + ": not significant",
        List.of(new Answer("", all.gain(g).points(), sign, word, List.of(sentence(g), test))));
  }

  private void bestPair() {
    List<Group> falling =
        all.orders(2).stream()
            .filter(g -> all.left(g).isThere())
            .sorted(Comparator.comparingDouble((Group g) -> all.left(g).mean()).reversed())
            .toList();
    if (falling.size() < 2) {
      return;
    }
    Group best = falling.get(0);
    boolean papers = best.cell().recipe().equals(DefenseComparisonFigures.BEST_PAIR);
    List<String> behind = new ArrayList<>();
    behind.add(
        falling.stream()
                .map(g -> g.training() + " " + all.left(g).percent())
                .collect(Collectors.joining("; "))
            + ".");
    Group other = papers ? falling.get(1) : all.results().named(DefenseComparisonFigures.BEST_PAIR);
    Verdict sign = Verdict.OPEN;
    String word = "not measured";
    if (other != null) {
      Summary lead = best.lessUnder(other, all.weak(), all.epsilon());
      behind.add(
          String.format(
              Locale.ROOT,
              "The lead of %s over %s is %s points.",
              best.training(),
              other.training(),
              lead.points()));
      sign =
          lead.isAboveZero()
              ? (papers ? Verdict.YES : Verdict.NO)
              : papers ? Verdict.PARTLY : Verdict.OPEN;
      word =
          lead.isAboveZero()
              ? (papers ? "it is" : "another is better")
              : papers
                  ? "first, but not by more than chance"
                  : "another is first, by chance or not";
    }
    add(
        "Is gradient masking, then adversarial training the best pair?",
        "Yes: " + paper(DefenseComparisonFigures.BEST_PAIR),
        List.of(
            new Answer("", best.training() + "\n" + all.left(best).percent(), sign, word, behind)));
  }

  private void order() {
    Tally tally = new Tally();
    List<String> seen = new ArrayList<>();
    for (Group g : all.orders(2)) {
      List<String> steps = DefenseComparison.steps(g);
      String back = steps.get(1) + DefenseComparisonFigures.THEN + steps.get(0);
      Group other = all.results().named(back);
      if (other != null && !seen.contains(back)) {
        seen.add(g.cell().recipe());
        tally.add(
            g.lessUnder(other, all.weak(), all.epsilon()),
            steps.get(0) + " before " + steps.get(1));
      }
    }
    if (tally.isEmpty()) {
      return;
    }
    List<String> behind =
        new ArrayList<>(List.of("One order less the other: " + tally.counts() + "."));
    List<Runs> triples = GroupTests.runs(all.orders(3), all.underWeak());
    if (triples.size() > 2) {
      behind.add("The orders of three, all together: " + GroupTests.together(triples));
    }
    boolean decided = tally.sign() != Verdict.OPEN;
    add(
        "Does the order of two defenses matter?",
        "Yes: one order of each pair is better",
        List.of(
            new Answer(
                "",
                tally.range(),
                decided ? (tally.isAllDecided() ? Verdict.YES : Verdict.PARTLY) : Verdict.OPEN,
                decided
                    ? "in " + tally.decided() + " of " + tally.total() + " pairs"
                    : tally.verdict("", ""),
                behind)));
  }

  private void depth() {
    List<Integer> depths = all.depths();
    List<Answer> answers = new ArrayList<>();
    for (String defense : all.deepened()) {
      Group shallow = all.deep(defense, DefenseComparison.LAYERS);
      Integer deepest =
          depths.stream()
              .filter(d -> all.deep(defense, d) != null)
              .reduce((a, b) -> b)
              .orElse(null);
      if (deepest == null) {
        continue;
      }
      Group deep = all.deep(defense, deepest);
      Summary more = deep.lessUnder(shallow, all.weak(), all.epsilon());
      if (more.isThere()) {
        String each =
            Stream.concat(Stream.of(DefenseComparison.LAYERS), depths.stream())
                .filter(d -> all.deep(defense, d) != null)
                .map(d -> d + " layers " + all.left(all.deep(defense, d)).percent())
                .collect(Collectors.joining(", "));
        answers.add(
            new Answer(
                defense,
                more.points(),
                Verdict.of(more),
                more.word("helps", "hurts"),
                List.of(each + ". The paper: " + said(defense) + ".")));
      }
    }
    add("Does depth help under FGSM?", "Yes: 88.5% to 97.9%, 30% to 70%, 50% to 90%", answers);
  }

  private static String said(String defense) {
    return DefenseComparisonFigures.DEPTH.getOrDefault(defense, "no figure");
  }

  private void masked() {
    add(
        "Does the gain stand when the attack knows the defense?",
        "It attacks by FGSM alone",
        all.check(all.singles()).answers());
  }

  private void strongest() {
    List<Group> groups = new ArrayList<>(all.singles());
    groups.addAll(all.orders(2));
    groups.addAll(all.orders(3));
    AdaptiveCheck check = all.check(groups);
    List<Group> falling =
        groups.stream()
            .filter(g -> check.left(g).isThere())
            .sorted(Comparator.comparingDouble((Group g) -> check.left(g).mean()).reversed())
            .toList();
    Group control = all.control();
    if (!check.hasStronger() || falling.isEmpty() || control == null) {
      return;
    }
    Group best = falling.get(0);
    Summary left = check.left(best);
    long none = falling.stream().filter(g -> check.left(g).mean() == 0).count();
    String others =
        falling.stream()
            .map(g -> g.training() + " " + check.left(g).percent())
            .collect(Collectors.joining("; "));
    add(
        "What is left where the worst of all attacks counts?",
        "It attacks by FGSM alone",
        List.of(
            new Answer(
                "",
                best.training() + "\n" + left.percent(),
                left.mean() >= 0.5 ? Verdict.YES : left.mean() > 0 ? Verdict.PARTLY : Verdict.NO,
                left.mean() >= 0.5
                    ? "most of the images"
                    : left.mean() > 0 ? "less than half of the images" : "nothing",
                List.of(
                    String.format(
                        Locale.ROOT,
                        "Of %d recipes %d keep none of the %s; the control keeps %s.",
                        falling.size(),
                        none,
                        Formats.count(check.images(), "image"),
                        check.left(control).percent()),
                    others + "."))));
  }
}
