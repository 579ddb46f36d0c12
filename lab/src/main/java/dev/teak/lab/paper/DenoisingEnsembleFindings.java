package dev.teak.lab.paper;

import static dev.teak.lab.paper.DenoisingEnsemble.ACCURACY;
import static dev.teak.lab.paper.DenoisingEnsemble.ADVERSARIAL;
import static dev.teak.lab.paper.DenoisingEnsemble.CLASSIFIER;
import static dev.teak.lab.paper.DenoisingEnsemble.COMBINED;
import static dev.teak.lab.paper.DenoisingEnsemble.FOLDS;
import static dev.teak.lab.paper.DenoisingEnsemble.MSE;
import static dev.teak.lab.paper.DenoisingEnsembleTables.exact;

import dev.teak.lab.paper.DenoisingEnsembleFigures.Row;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import dev.teak.lab.report.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** What the paper claims of denoising and of folds, and what the results say; all is computed. */
final class DenoisingEnsembleFindings {
  /** How an attack is named that takes what stands in front for the identity. */
  private static final String STRAIGHT = " straight through";

  /** Fewer pairs than this make no correlation. */
  private static final int PAIRS = 4;

  private final DenoisingEnsemble all;
  private final List<Question> found = new ArrayList<>();

  private DenoisingEnsembleFindings(DenoisingEnsemble all) {
    this.all = all;
  }

  /** All that the results can say something of. */
  static List<Question> of(DenoisingEnsemble all) {
    DenoisingEnsembleFindings f = new DenoisingEnsembleFindings(all);
    f.restores();
    f.knows();
    f.folds();
    f.combined();
    f.noise();
    f.error();
    f.straight();
    f.others();
    return f.found;
  }

  private void add(String question, String paper, List<Answer> answers) {
    if (!answers.isEmpty()) {
      found.add(new Question(question, paper, answers));
    }
  }

  private void restores() {
    List<Answer> answers = new ArrayList<>();
    for (Row row : all.rows()) {
      Group g = all.denoised(CLASSIFIER, row.epsilon());
      if (g != null) {
        answers.add(restored(row, g));
      }
    }
    add(
        "Does the autoencoder restore accuracy under FGSM on the bare classifier?",
        "Yes: "
            + DenoisingEnsembleFigures.ROWS.stream()
                .map(r -> exact(r.adversarial()) + " to " + exact(r.reconstructed()))
                .collect(Collectors.joining(", ")),
        answers);
  }

  private static Answer restored(Row row, Group g) {
    double e = row.epsilon();
    Summary gain = DenoisingEnsemble.restored(g, e);
    Summary before = DenoisingEnsemble.at(g, e, ADVERSARIAL);
    Summary after = DenoisingEnsemble.at(g, e, ACCURACY);
    Summary clean = DenoisingEnsemble.at(g, e, "clean_accuracy");
    double share = gain.mean() / (clean.mean() - before.mean());
    boolean most = share >= 0.5;
    return new Answer(
        DenoisingEnsemble.words(e),
        before.percent() + "\n\u2192 " + after.percent(),
        gain.isAboveZero() && !most ? Verdict.PARTLY : Verdict.of(gain),
        gain.word(
            most ? "most of what was lost" : "less than half of what was lost", "it loses more"),
        List.of(
            String.format(
                Locale.ROOT,
                "Gained %s points of %s that FGSM took; the images as they are keep %s.",
                gain.points(),
                Formats.decimals(100 * (clean.mean() - before.mean()), 1),
                DenoisingEnsemble.at(g, e, "reconstructed_clean_accuracy").percent())));
  }

  private void knows() {
    List<Answer> answers = new ArrayList<>();
    for (double e : all.epsilons()) {
      PipelineAttacks attacks = PipelineAttacks.of(all, e);
      Group g = all.denoised(CLASSIFIER, e);
      Summary left = attacks.left(g);
      if (left.isThere()) {
        String folds = attacks.left(all.denoised(FOLDS, e)).percent();
        answers.add(
            new Answer(
                DenoisingEnsemble.words(e),
                attacks.underBare(g).percent() + "\n\u2192 " + left.percent(),
                left.mean() >= 0.5 ? Verdict.YES : left.mean() > 0 ? Verdict.PARTLY : Verdict.NO,
                left.mean() >= 0.5
                    ? "most of the images"
                    : left.mean() > 0 ? "less than half of the images" : "nothing",
                List.of(
                    String.format(
                        Locale.ROOT,
                        "Of %s, each under every attack: %s; the folds behind the same autoencoder"
                            + " keep %s.",
                        Formats.count(attacks.images(), "image"),
                        left.percent(),
                        folds))));
      }
    }
    add("What is left when the attack knows the autoencoder?", "It does not ask", answers);
  }

  private void folds() {
    List<Answer> answers = new ArrayList<>();
    FoldTables tables = new FoldTables(all);
    for (double e : all.epsilons()) {
      FoldTables.Gain gain = tables.gain(e);
      if (gain != null) {
        Summary mean = gain.mean();
        boolean significant = gain.p() < 0.05;
        String p = "p " + Formats.probability(gain.p());
        answers.add(
            new Answer(
                DenoisingEnsemble.words(e),
                mean.points(),
                !significant ? Verdict.OPEN : mean.mean() > 0 ? Verdict.YES : Verdict.NO,
                (!significant ? "not significant, " : mean.mean() > 0 ? "a gain, " : "a loss, ")
                    + p,
                List.of(
                    "The mean of "
                        + gain.folds()
                        + " folds less the classifier of the same seed, which has learned from all"
                        + " images, both on denoised images. FGSM was made on that classifier and"
                        + " reaches the folds from another model, which is a lead by itself.")));
      }
    }
    add(
        "Are folds, one by one, better on denoised images?",
        "Yes: "
            + DenoisingEnsembleFigures.ROWS.stream()
                .map(r -> exact(r.reconstructed()) + " to " + exact(r.folds()))
                .collect(Collectors.joining(", ")),
        answers);
  }

  private void combined() {
    List<Answer> answers = new ArrayList<>();
    for (double e : all.epsilons()) {
      Summary mean = FoldTables.mean(all.denoised(FOLDS, e), e);
      List<Group> ways =
          COMBINED.stream().map(c -> all.denoised(c, e)).filter(Objects::nonNull).toList();
      if (!mean.isThere() || ways.isEmpty()) {
        continue;
      }
      String each =
          ways.stream()
              .map(g -> way(g) + " " + DenoisingEnsemble.at(g, e, ACCURACY).percent())
              .collect(Collectors.joining("; "));
      Summary best =
          ways.stream()
              .map(g -> DenoisingEnsemble.at(g, e, ACCURACY))
              .max(Comparator.comparingDouble(Summary::mean))
              .orElseThrow();
      boolean above = best.low() > mean.mean();
      answers.add(
          new Answer(
              DenoisingEnsemble.words(e),
              mean.percent() + "\n\u2192 " + best.percent(),
              above ? Verdict.YES : Verdict.OPEN,
              above ? "one answer of all is better" : "no difference is shown",
              List.of("Mean over folds " + mean.percent() + "; " + each + ".")));
    }
    add("Is one answer of all folds better than their mean accuracy?", "It mixes the two", answers);
  }

  private static String way(Group g) {
    String recipe = g.cell().recipe();
    String way = recipe.substring(0, recipe.indexOf(','));
    return way.equals(FOLDS) ? "mean probability" : way.substring(FOLDS.length() + 1);
  }

  private void noise() {
    List<Answer> answers = new ArrayList<>();
    for (double e : all.epsilons()) {
      List<Double> falling =
          all.epsilons().stream()
              .filter(n -> DenoisingEnsemble.at(all.denoised(CLASSIFIER, n), e, ACCURACY).isThere())
              .sorted(Comparator.comparingDouble(n -> -accuracy(n, e)))
              .toList();
      if (falling.size() < 2) {
        continue;
      }
      double best = falling.get(0);
      double other = best == e ? falling.get(1) : e;
      Group first = all.denoised(CLASSIFIER, best);
      Summary lead = first.less(all.denoised(CLASSIFIER, other), DenoisingEnsemble.of(e, ACCURACY));
      boolean matched = best == e;
      answers.add(
          new Answer(
              DenoisingEnsemble.words(e),
              "noise " + Formats.decimals(best, 1) + "\n" + Formats.percent(accuracy(best, e)),
              lead.isAboveZero()
                  ? matched ? Verdict.YES : Verdict.NO
                  : matched ? Verdict.PARTLY : Verdict.OPEN,
              lead.isAboveZero()
                  ? matched ? "the same noise is best" : "another noise is better"
                  : matched
                      ? "first, but not by more than chance"
                      : "another is first, by chance or not",
              List.of(
                  "The lead over noise "
                      + Formats.decimals(other, 1)
                      + " is "
                      + lead.points()
                      + " points.")));
    }
    add("Is noise as large as epsilon the best to learn with?", "It takes it so", answers);
  }

  private double accuracy(double noise, double epsilon) {
    return DenoisingEnsemble.at(all.denoised(CLASSIFIER, noise), epsilon, ACCURACY).mean();
  }

  private void error() {
    List<Answer> answers = new ArrayList<>();
    for (double e : all.epsilons()) {
      List<Group> groups =
          all.fronted().stream().filter(g -> DenoisingEnsemble.at(g, e, MSE).isThere()).toList();
      if (groups.size() < PAIRS) {
        continue;
      }
      double[] errors = means(groups, e, MSE);
      double[] accuracies = means(groups, e, ACCURACY);
      double rank = new SpearmansCorrelation().correlation(errors, accuracies);
      answers.add(
          new Answer(
              DenoisingEnsemble.words(e),
              "rank correlation " + Formats.decimals(rank, 2),
              rank <= -0.5 ? Verdict.YES : rank < 0.5 ? Verdict.OPEN : Verdict.NO,
              rank <= -0.5
                  ? "less error, more accuracy"
                  : rank < 0.5 ? "they say little of each other" : "less error, less accuracy",
              List.of(
                  "Spearman's, over the means of "
                      + groups.size()
                      + " autoencoders: too few for a test.")));
    }
    add("Does less reconstruction error mean more accuracy?", "It reports none", answers);
  }

  private static double[] means(List<Group> groups, double epsilon, String figure) {
    return groups.stream()
        .mapToDouble(g -> DenoisingEnsemble.at(g, epsilon, figure).mean())
        .toArray();
  }

  /** The exact gradient beside that of who takes the autoencoder for the identity. */
  private void straight() {
    List<Answer> answers = new ArrayList<>();
    for (String attack : all.results().underAttack()) {
      String exact = attack.replace(STRAIGHT, "");
      if (!exact.equals(attack)) {
        Tally more = new Tally();
        for (double e : all.epsilons()) {
          more.add(moreLeft(attack, exact, e), DenoisingEnsemble.words(e));
        }
        if (!more.isEmpty()) {
          answers.add(
              new Answer(
                  Results.title(exact),
                  more.range(),
                  more.sign(),
                  more.verdict("it is", "the identity's is"),
                  List.of("What the identity's gradient leaves more: " + more.counts() + ".")));
        }
      }
    }
    add("Is the exact gradient the stronger attack?", "It uses neither", answers);
  }

  private Summary moreLeft(String attack, String than, double epsilon) {
    Group g = all.denoised(CLASSIFIER, epsilon);
    return g == null
        ? Summary.NOTHING
        : g.over(
            r ->
                Group.accuracy(attack, epsilon).applyAsDouble(r)
                    - Group.accuracy(than, epsilon).applyAsDouble(r));
  }

  private void others() {
    List<Answer> answers = new ArrayList<>();
    for (String other : DenoisingEnsemble.OTHERS) {
      for (double e : all.epsilons()) {
        Group g = all.other(other, e);
        Group conv = all.denoised(CLASSIFIER, e);
        Summary more =
            g == null || conv == null
                ? Summary.NOTHING
                : g.less(conv, DenoisingEnsemble.of(e, ACCURACY));
        if (more.isThere()) {
          answers.add(
              new Answer(
                  other + ", " + DenoisingEnsemble.words(e),
                  more.points(),
                  Verdict.of(more),
                  more.word("restores more", "restores less"),
                  List.of(
                      "It restores "
                          + DenoisingEnsemble.at(g, e, ACCURACY).percent()
                          + ", the convolutional one "
                          + DenoisingEnsemble.at(conv, e, ACCURACY).percent()
                          + ".")));
        }
      }
    }
    add("Do other autoencoders restore more?", "It has one", answers);
  }
}
