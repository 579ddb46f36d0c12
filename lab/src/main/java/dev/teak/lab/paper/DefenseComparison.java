package dev.teak.lab.paper;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.report.Axis;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Results;
import dev.teak.lab.report.Summary;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Results as the comparison of defenses looks at them: at one epsilon, under the paper's own FGSM,
 * by the names of its recipes.
 *
 * @param weak the paper's attack, which follows the model's own gradient: {@code fgsm naive}, or
 *     {@code fgsm} where that was not run
 * @param epsilon at which tables are; NaN where nothing was attacked
 */
record DefenseComparison(Results results, String weak, double epsilon) {
  /** The epsilon of the tables: the paper states none. */
  static final double EPSILON = 0.3;

  /** The abstract's number of convolutional layers. */
  static final int LAYERS = 2;

  private static final String FGSM = "fgsm";
  private static final String NAIVE = "fgsm naive";
  private static final Pattern DEEP = Pattern.compile("(.*), (\\d+) layers");

  static DefenseComparison of(Results results) {
    List<Double> epsilons = results.epsilons();
    double epsilon =
        epsilons.isEmpty()
            ? Double.NaN
            : epsilons.contains(EPSILON) ? EPSILON : epsilons.get(epsilons.size() - 1);
    boolean naive = results.underAttack().contains(NAIVE);
    return new DefenseComparison(results, naive ? NAIVE : FGSM, epsilon);
  }

  /** The undefended model of the same depth; null where it is not done. */
  Group control(Group g) {
    return results.baseline(g.model());
  }

  /** The undefended model; null where it is not done. */
  Group control() {
    return results.named(DefenseComparisonFigures.CONTROL);
  }

  /** Accuracy under the paper's attack. */
  ToDoubleFunction<CellResult> underWeak() {
    return Group.accuracy(weak, epsilon);
  }

  /** Whether what recipes gain over the control of their depth stands under every attack. */
  AdaptiveCheck check(List<Group> groups) {
    return AdaptiveCheck.of(
        new AdaptiveCheck.Against(results, weak, epsilon, this::control), groups);
  }

  /** Whether anything was attacked. */
  boolean isAttacked() {
    return Double.isFinite(epsilon);
  }

  /** The paper's attack in words. */
  String attack() {
    return Results.title(weak) + " at " + Axis.number(epsilon);
  }

  /** What is left of a recipe under the paper's attack. */
  Summary left(Group g) {
    return g.attacked(weak, epsilon);
  }

  /** What a recipe gains under the paper's attack over the control of its depth. */
  Summary gain(Group g) {
    Group control = control(g);
    return control == null ? Summary.NOTHING : g.lessUnder(control, weak, epsilon);
  }

  /** Those of these recipes that have results. */
  List<Group> named(Stream<String> recipes) {
    return recipes.map(results::named).filter(Objects::nonNull).toList();
  }

  /** Recipes of so many defenses, one after the other. */
  List<Group> orders(int length) {
    return results.groups().stream().filter(g -> steps(g).size() == length).toList();
  }

  /** What a model was trained with, one after the other. */
  static List<String> steps(Group g) {
    return List.of(g.cell().recipe().split(DefenseComparisonFigures.THEN));
  }

  /** Every defense by itself, as deep as the control: those of the paper and all others. */
  List<Group> singles() {
    Group control = control();
    return control == null
        ? List.of()
        : results.defended(control.model()).stream()
            .filter(g -> steps(g).size() == 1)
            .filter(g -> !g.training().equals(DefenseComparisonFigures.TEACHER))
            .toList();
  }

  /** A defense with so many layers; null where it is not done. */
  Group deep(String defense, int layers) {
    return results.named(layers == LAYERS ? defense : defense + ", " + layers + " layers");
  }

  /** The numbers of layers that there are beyond the first, rising. */
  List<Integer> depths() {
    return results.groups().stream()
        .map(g -> DEEP.matcher(g.cell().recipe()))
        .filter(Matcher::matches)
        .map(m -> Integer.valueOf(m.group(2)))
        .distinct()
        .sorted()
        .toList();
  }

  /** What is there with several depths: the control and the defenses. */
  List<String> deepened() {
    return results.groups().stream()
        .map(g -> DEEP.matcher(g.cell().recipe()))
        .filter(Matcher::matches)
        .map(m -> m.group(1))
        .filter(d -> !d.equals(DefenseComparisonFigures.TEACHER))
        .filter(d -> results.named(d) != null)
        .distinct()
        .toList();
  }
}
