package dev.teak.lab.paper;

import static dev.teak.lab.paper.Dfmcl.FGSM;
import static dev.teak.lab.paper.Dfmcl.PGD;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.paper.DfmclFigures.Row;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.report.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the paper claims of its mask and its curriculum, and what the results say; all computed. */
final class DfmclFindings {
  /** One half, less what rounding leaves of a mean of single precision. */
  private static final double HALF = 0.5 - 1e-3;

  /** A smaller part of alpha is no move to speak of. */
  private static final double MOVED = 0.1;

  private final Dfmcl all;
  private final List<Question> found = new ArrayList<>();

  private DfmclFindings(Dfmcl all) {
    this.all = all;
  }

  /** All that the results can say something of. */
  static List<Question> of(Dfmcl all) {
    DfmclFindings f = new DfmclFindings(all);
    if (!all.isAttacked()) {
      return List.of();
    }
    f.aheadUnderPgd();
    f.aheadUnderAll();
    f.clean();
    f.figures();
    f.alone("Does the mask alone help?", Dfmcl.MASK, Dfmcl.STANDARD, "than the standard model");
    f.alone(
        "Does the curriculum alone help?",
        Dfmcl.CURRICULUM,
        Dfmcl.STANDARD,
        "than the standard model");
    f.alone(
        "Does the mask add to the curriculum?",
        Dfmcl.DFMCL,
        Dfmcl.CURRICULUM,
        "than the curriculum alone");
    f.probability();
    f.alpha();
    f.masked();
    f.transfer();
    f.collapsed();
    f.best();
    return f.found;
  }

  private void add(String question, String paper, List<Answer> answers) {
    if (!answers.isEmpty()) {
      found.add(new Question(question, paper, answers));
    }
  }

  private static Answer answer(String of, Summary gain, String up, String down, String behind) {
    return new Answer(of, gain.points(), Verdict.of(gain), gain.word(up, down), List.of(behind));
  }

  private void aheadUnderPgd() {
    List<Answer> answers = new ArrayList<>();
    Group dfmcl = all.named(Dfmcl.DFMCL);
    for (String other : List.of(Dfmcl.FGSM_TRAINING, Dfmcl.PGD_TRAINING)) {
      Group g = all.named(other);
      Summary gain = all.gain(dfmcl, g, PGD);
      if (gain.isThere()) {
        answers.add(
            answer(
                "than " + other,
                gain,
                "it keeps more",
                "it keeps less",
                all.left(dfmcl, PGD).percent() + " against " + all.left(g, PGD).percent() + "."));
      }
    }
    add(
        "Does DFMCL keep more than adversarial training under PGD?",
        String.format(
            "Yes: %s against %s (FGSM) and %s (PGD)",
            paper(Dfmcl.DFMCL), paper(Dfmcl.FGSM_TRAINING), paper(Dfmcl.PGD_TRAINING)),
        answers);
  }

  private static String paper(String recipe) {
    return Formats.percent(DfmclFigures.row(recipe).pgd());
  }

  private void aheadUnderAll() {
    List<Answer> answers = new ArrayList<>();
    Group dfmcl = all.named(Dfmcl.DFMCL);
    AdaptiveCheck check = all.check(all.main());
    for (String other : List.of(Dfmcl.FGSM_TRAINING, Dfmcl.PGD_TRAINING)) {
      Group g = all.named(other);
      Summary gain = dfmcl == null || g == null ? Summary.NOTHING : check.gain(dfmcl, g);
      if (gain.isThere() && check.hasStronger()) {
        answers.add(
            answer(
                "than " + other,
                gain,
                "it keeps more",
                "it keeps less",
                String.format(
                    Locale.ROOT,
                    "%s against %s, each of %s under every attack.",
                    check.left(dfmcl).percent(),
                    check.left(g).percent(),
                    Formats.count(check.images(), "image"))));
      }
    }
    add("And where the worst of all attacks counts?", "It attacks by FGSM and PGD", answers);
  }

  private void clean() {
    Group dfmcl = all.named(Dfmcl.DFMCL);
    Group standard = all.named(Dfmcl.STANDARD);
    if (dfmcl == null || standard == null) {
      return;
    }
    Summary gain = dfmcl.less(standard, r -> r.clean("accuracy"));
    if (gain.isThere()) {
      add(
          "Does DFMCL keep the accuracy of clean images?",
          "Yes: 93.7% against 94.1%",
          List.of(
              answer(
                  "",
                  gain,
                  "it gains",
                  "it loses",
                  Dfmcl.clean(dfmcl).percent()
                      + " against "
                      + Dfmcl.clean(standard).percent()
                      + ".")));
    }
  }

  private void figures() {
    List<Answer> answers = new ArrayList<>();
    for (Row row : DfmclFigures.ROWS) {
      Group g = all.named(row.recipe());
      if (g == null || !all.left(g, PGD).isThere()) {
        continue;
      }
      List<Summary> ours = List.of(Dfmcl.clean(g), all.left(g, FGSM), all.left(g, PGD));
      double[] papers = {row.clean(), row.fgsm(), row.pgd()};
      int reached = 0;
      int within = 0;
      for (int i = 0; i < papers.length; i++) {
        reached += ours.get(i).mean() >= papers[i] ? 1 : 0;
        within += ours.get(i).highShare() >= papers[i] ? 1 : 0;
      }
      answers.add(
          new Answer(
              row.recipe(),
              ours.stream().map(s -> Formats.percent(s.mean())).collect(Collectors.joining(", ")),
              reached == papers.length
                  ? Verdict.YES
                  : within == papers.length
                      ? Verdict.OPEN
                      : reached > 0 ? Verdict.PARTLY : Verdict.NO,
              reached + " of 3 are reached",
              List.of(
                  String.format(
                      Locale.ROOT,
                      "The paper: %s, %s, %s; %d of these lie within or below our 95%% intervals.",
                      Formats.percent(row.clean()),
                      Formats.percent(row.fgsm()),
                      Formats.percent(row.pgd()),
                      within))));
    }
    add(
        "Are the paper's figures reached: clean, FGSM, PGD?",
        "A standard model keeps 48.7% under PGD at 0.08",
        answers);
  }

  private void alone(String question, String recipe, String other, String than) {
    List<Answer> answers = new ArrayList<>();
    Group g = all.named(recipe);
    Group from = all.named(other);
    for (String attack : List.of(FGSM, PGD)) {
      Summary gain = all.gain(g, from, attack);
      if (gain.isThere()) {
        answers.add(
            answer(
                all.title(attack),
                gain,
                "keeps more",
                "keeps less",
                String.format(
                    "%s, %s points more %s; clean %s.",
                    all.left(g, attack).percent(), gain.points(), than, Dfmcl.clean(g).percent())));
      }
    }
    add(question, "Both are said to", answers);
  }

  private static double[] epochs(CellResult r, String figure) {
    return r.epochs().stream()
        .mapToDouble(e -> e.figure(figure))
        .filter(Double::isFinite)
        .toArray();
  }

  /** Whether at least half is masked in every epoch, as sigmoid of what is not negative says. */
  private void probability() {
    List<Answer> answers = new ArrayList<>();
    for (Group g : masks()) {
      double[] p =
          g.results().stream()
              .flatMapToDouble(r -> Arrays.stream(epochs(r, Dfmcl.MASK_PROBABILITY)))
              .sorted()
              .toArray();
      Summary masked = g.over(r -> r.last(Dfmcl.MASKED));
      if (p.length > 0 && masked.isThere()) {
        double least = p[0];
        double most = p[p.length - 1];
        boolean half = least >= HALF;
        answers.add(
            new Answer(
                g.training(),
                "p " + Formats.share(least) + " to " + Formats.share(most),
                half ? Verdict.YES : most < HALF ? Verdict.NO : Verdict.PARTLY,
                half ? "in every epoch" : most < HALF ? "less than half" : "not in every epoch",
                List.of("Masked in the last epoch: " + masked.percent() + ".")));
      }
    }
    add(
        "Is at least half of the features masked, whatever their gradients?",
        "It takes p to follow the gradients",
        answers);
  }

  private List<Group> masks() {
    return Stream.concat(
            Stream.of(all.named(Dfmcl.DFMCL), all.named(Dfmcl.MASK)).filter(Objects::nonNull),
            all.readings().stream())
        .toList();
  }

  private void alpha() {
    List<Answer> answers = new ArrayList<>();
    for (Group g : all.alphas()) {
      double start = Dfmcl.alpha(g);
      Summary moved = g.over(r -> r.last(Dfmcl.MASK_ALPHA) - start);
      if (moved.isThere()) {
        boolean far = Math.abs(moved.mean()) >= MOVED * start;
        answers.add(
            new Answer(
                "from " + Axis.number(start),
                "to " + Formats.decimals(start + moved.mean(), 4),
                far ? Verdict.YES : Verdict.NO,
                far ? "by a tenth or more" : "by less than a tenth",
                List.of(
                    "Mean p in the last epoch: "
                        + Formats.share(g.over(r -> r.last(Dfmcl.MASK_PROBABILITY)).mean())
                        + ", "
                        + all.title(PGD)
                        + " leaves "
                        + all.left(g, PGD).percent()
                        + ".")));
      }
    }
    add("Does the learned alpha move?", "It is learned, from 0.1", answers);
  }

  private void masked() {
    add(
        "Does a gain under FGSM stand under every attack?",
        "It attacks by FGSM and PGD",
        all.check(all.main()).answers());
  }

  private void transfer() {
    List<Answer> answers = new ArrayList<>();
    TransferMatrix matrix = TransferMatrix.of(all);
    for (Group target : matrix.targets()) {
      List<String> stronger = matrix.strongerSources(target);
      int sources = matrix.sourcesOf(target);
      if (sources > 0) {
        answers.add(
            new Answer(
                target.training(),
                stronger.size() + " of " + sources + " sources",
                stronger.isEmpty()
                    ? Verdict.NO
                    : 2 * stronger.size() > sources ? Verdict.YES : Verdict.PARTLY,
                stronger.isEmpty()
                    ? "its own gradient is strongest"
                    : "other models' images do more harm",
                List.of(
                    stronger.isEmpty()
                        ? "No images that were made on another model leave less."
                        : "More harm is done from " + String.join(", ", stronger) + ".")));
      }
    }
    add(
        "Do images from another model do more harm than the model's own gradient?",
        "It does not ask",
        answers);
  }

  private void collapsed() {
    List<Answer> answers = new ArrayList<>();
    for (Group g : all.singleSteps()) {
      Summary fgsm = all.left(g, FGSM);
      Summary pgd = all.left(g, PGD);
      if (fgsm.isThere() && pgd.isThere()) {
        long fell = g.results().stream().filter(all::hasCollapsed).count();
        int seeds = g.results().size();
        answers.add(
            new Answer(
                g.training(),
                fgsm.percent() + "\n\u2192 " + pgd.percent(),
                fell == seeds ? Verdict.YES : fell > 0 ? Verdict.PARTLY : Verdict.NO,
                fell == 0 ? "holds against both alike" : "from " + fell + " of " + seeds + " seeds",
                List.of(
                    "It has collapsed where PGD leaves less than half of what FGSM leaves (Wong,"
                        + " Rice and Kolter 2020).")));
      }
    }
    add("Do trainings by one step collapse to FGSM?", "It does not ask", answers);
  }

  private void best() {
    List<Group> groups = Stream.concat(all.main().stream(), all.baselines().stream()).toList();
    AdaptiveCheck check = all.check(groups);
    List<Group> falling =
        groups.stream()
            .filter(g -> check.left(g).isThere())
            .sorted(Comparator.comparingDouble((Group g) -> check.left(g).mean()).reversed())
            .toList();
    if (falling.size() < 2 || !check.hasStronger()) {
      return;
    }
    Group best = falling.get(0);
    Group dfmcl = all.named(Dfmcl.DFMCL);
    Summary lead = dfmcl == null ? Summary.NOTHING : check.gain(best, dfmcl);
    boolean papers = best.equals(dfmcl);
    add(
        "Which training keeps most where all attacks count, and at what cost?",
        "DFMCL, of four",
        List.of(
            new Answer(
                "",
                best.training() + "\n" + check.left(best).percent(),
                papers ? Verdict.YES : lead.isAboveZero() ? Verdict.NO : Verdict.OPEN,
                papers
                    ? "DFMCL"
                    : lead.isAboveZero() ? "ahead of DFMCL" : "first, by chance or not",
                List.of(
                    "An epoch takes " + all.cost(best) + " that of standard training.",
                    falling.stream()
                            .map(
                                g ->
                                    g.training()
                                        + " "
                                        + check.left(g).percent()
                                        + " ("
                                        + all.cost(g)
                                        + ")")
                            .collect(Collectors.joining("; "))
                        + "."))));
  }
}
