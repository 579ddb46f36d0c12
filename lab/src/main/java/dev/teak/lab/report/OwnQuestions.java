package dev.teak.lab.report;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What can be asked of any experiment: which recipe keeps most, and whether that is by chance. */
final class OwnQuestions {
  private final Results results;

  private OwnQuestions(Results results) {
    this.results = results;
  }

  /** One for the images as they are, and one for each attack at the epsilon in the middle. */
  static List<Question> of(Results results) {
    OwnQuestions own = new OwnQuestions(results);
    List<Question> all = new ArrayList<>();
    own.add(all, "Which is most accurate?", g -> g.over(r -> r.clean("accuracy")), own::lessClean);
    double epsilon = results.middleEpsilon();
    for (String attack : results.attacks()) {
      own.add(
          all,
          "Which keeps most under " + Results.title(attack) + " at " + Axis.number(epsilon) + "?",
          g -> g.attacked(attack, epsilon),
          (a, b) -> a.lessUnder(b, attack, epsilon));
    }
    return all;
  }

  private interface Of {
    Summary of(Group g);
  }

  private interface Less {
    Summary of(Group a, Group b);
  }

  private Summary lessClean(Group a, Group b) {
    ToDoubleFunction<CellResult> clean = r -> r.clean("accuracy");
    return a.less(b, clean);
  }

  private void add(List<Question> all, String question, Of figure, Less less) {
    List<Answer> answers = new ArrayList<>();
    for (String model : results.models()) {
      List<Group> rising =
          results.of(model).stream()
              .filter(g -> figure.of(g).isThere())
              .sorted(Comparator.comparingDouble((Group g) -> figure.of(g).mean()).reversed())
              .toList();
      if (!rising.isEmpty()) {
        answers.add(answer(model, rising, figure, less));
      }
    }
    if (!answers.isEmpty()) {
      all.add(new Question(question, "", answers));
    }
  }

  private Answer answer(String model, List<Group> falling, Of figure, Less less) {
    Group best = falling.get(0);
    String of = results.models().size() > 1 ? model : "";
    String found = best.training() + "\n" + figure.of(best).percent();
    String all =
        falling.stream()
            .map(g -> g.training() + " " + figure.of(g).percent())
            .collect(Collectors.joining("; "));
    if (falling.size() == 1) {
      return new Answer(of, found, Verdict.OPEN, "nothing beside it", List.of(all + "."));
    }
    List<Group> others = falling.subList(1, falling.size());
    List<Summary> leads = others.stream().map(g -> less.of(best, g)).toList();
    long sure = leads.stream().filter(Summary::isAboveZero).count();
    String behind =
        String.format(
            Locale.ROOT,
            "Its lead over the next, %s, is %s points; over %d of the %d others its 95%% interval"
                + " lies above zero.",
            others.get(0).training(),
            leads.get(0).points(),
            sure,
            others.size());
    boolean tested = leads.stream().anyMatch(Summary::hasInterval);
    Verdict sign = sure == others.size() ? Verdict.YES : sure > 0 ? Verdict.PARTLY : Verdict.OPEN;
    String word =
        !tested
            ? "not decided: one seed"
            : sure == others.size()
                ? "ahead of all others"
                : "ahead of " + sure + " of " + others.size() + " others";
    return new Answer(of, found, sign, word, List.of(all + ".", behind));
  }
}
