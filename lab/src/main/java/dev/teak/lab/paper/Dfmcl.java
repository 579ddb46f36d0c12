package dev.teak.lab.paper;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import dev.teak.lab.stats.HyperScore;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Results as the paper on dynamic feature masking and a curriculum looks at them: at one epsilon,
 * under FGSM and PGD, by the names of its recipes.
 *
 * @param epsilon of the tables; NaN where nothing was attacked
 */
record Dfmcl(Results results, double epsilon) {
  /** The paper's: 20/255, less a third of a level. */
  static final double EPSILON = 0.08;

  // Recipes.
  static final String STANDARD = "standard";
  static final String FGSM_TRAINING = "FGSM training";
  static final String PGD_TRAINING = "PGD training";
  static final String DFMCL = "DFMCL";
  static final String MASK = "mask alone";
  static final String CURRICULUM = "curriculum alone";

  /** The paper's four, and its two parts by themselves. */
  static final List<String> MAIN =
      List.of(STANDARD, FGSM_TRAINING, PGD_TRAINING, DFMCL, MASK, CURRICULUM);

  /** The beginning of recipes that read the mask in another way. */
  private static final String READING = DFMCL + " ";

  /** That of recipes whose alpha starts elsewhere. */
  private static final String ALPHA = READING + "alpha ";

  /** The paper's alpha at the start. */
  private static final double FIRST_ALPHA = 0.1;

  // Attacks, and figures of epochs.
  static final String FGSM = "fgsm";
  static final String PGD = "pgd";
  static final String MASK_ALPHA = "mask_alpha";
  static final String MASK_PROBABILITY = "mask_probability";
  static final String MASKED = "masked";

  static Dfmcl of(Results results) {
    List<Double> epsilons = results.epsilons();
    double epsilon =
        epsilons.isEmpty()
            ? Double.NaN
            : epsilons.contains(EPSILON) ? EPSILON : epsilons.get(epsilons.size() - 1);
    return new Dfmcl(results, epsilon);
  }

  /** Whether anything was attacked. */
  boolean isAttacked() {
    return Double.isFinite(epsilon);
  }

  /** A recipe; null where it is not done. */
  Group named(String recipe) {
    return results.named(recipe);
  }

  private List<Group> named(Stream<String> recipes) {
    return recipes.map(results::named).filter(Objects::nonNull).toList();
  }

  /** Those that the paper is about. */
  List<Group> main() {
    return named(MAIN.stream());
  }

  /** Other readings of the mask. */
  List<Group> readings() {
    return results.groups().stream()
        .filter(g -> g.cell().recipe().startsWith(READING))
        .filter(g -> !g.cell().recipe().startsWith(ALPHA))
        .toList();
  }

  /** DFMCL from every alpha, rising. */
  List<Group> alphas() {
    return results.groups().stream()
        .filter(g -> Double.isFinite(alpha(g)))
        .sorted(Comparator.comparingDouble(Dfmcl::alpha))
        .toList();
  }

  /** Where a recipe of the sweep starts; NaN of others. */
  static double alpha(Group g) {
    String recipe = g.cell().recipe();
    return recipe.equals(DFMCL)
        ? FIRST_ALPHA
        : recipe.startsWith(ALPHA)
            ? Double.parseDouble(recipe.substring(ALPHA.length()))
            : Double.NaN;
  }

  /** What others train for robustness with: all that is not of the paper. */
  List<Group> baselines() {
    return results.groups().stream()
        .filter(g -> !MAIN.contains(g.cell().recipe()))
        .filter(g -> !g.cell().recipe().startsWith(READING))
        .toList();
  }

  /** Trainings that take one step along a gradient, which may collapse. */
  List<Group> singleSteps() {
    return results.groups().stream()
        .filter(g -> g.cell().defenses().contains(FGSM))
        .filter(g -> !g.cell().defenses().contains("curriculum"))
        .toList();
  }

  /** Whether PGD leaves less than half of what FGSM leaves, of one model. */
  boolean hasCollapsed(CellResult r) {
    double fgsm = Group.accuracy(FGSM, epsilon).applyAsDouble(r);
    return Group.accuracy(PGD, epsilon).applyAsDouble(r) < fgsm / 2;
  }

  /** The accuracy as it is. */
  static Summary clean(Group g) {
    return g.over(r -> r.clean("accuracy"));
  }

  /** What an attack leaves. */
  Summary left(Group g, String attack) {
    return g.attacked(attack, epsilon);
  }

  /** How much more it leaves than of another; nothing where either is not done. */
  Summary gain(Group g, Group over, String attack) {
    return g == null || over == null ? Summary.NOTHING : g.lessUnder(over, attack, epsilon);
  }

  /** Whether gains over the standard model stand under every attack. */
  AdaptiveCheck check(List<Group> groups) {
    Group standard = named(STANDARD);
    return AdaptiveCheck.of(
        new AdaptiveCheck.Against(results, FGSM, epsilon, g -> standard), groups);
  }

  /** The paper's score: of the images as they are, under FGSM and under PGD. */
  ToDoubleFunction<CellResult> hyperScore() {
    ToDoubleFunction<CellResult> fgsm = Group.accuracy(FGSM, epsilon);
    ToDoubleFunction<CellResult> pgd = Group.accuracy(PGD, epsilon);
    return r -> HyperScore.of(r.clean("accuracy"), fgsm.applyAsDouble(r), pgd.applyAsDouble(r));
  }

  /** Seconds of training an epoch, over that of the standard model: 2.1\u00d7. */
  String cost(Group g) {
    Group standard = named(STANDARD);
    double mine = seconds(g);
    double its = standard == null ? Double.NaN : seconds(standard);
    if (!Double.isFinite(mine + its)) {
      return Formats.NOTHING;
    }
    return Formats.isLongEnough(mine, its)
        ? Formats.decimals(mine / epochs(g) / (its / epochs(standard)), 1) + "\u00d7"
        : Formats.TOO_SHORT;
  }

  private double seconds(Group g) {
    return g.median(results.time(CellTimes::trainSeconds));
  }

  private static int epochs(Group g) {
    return Math.max(1, g.first().epochs().size());
  }

  /** An attack in words. */
  String title(String attack) {
    return Results.title(attack) + " at " + Axis.number(epsilon);
  }
}
