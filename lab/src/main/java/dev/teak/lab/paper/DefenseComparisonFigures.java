package dev.teak.lab.paper;

import java.util.List;
import java.util.Map;

/**
 * What the paper that compares three defenses prints of MNIST: accuracies under an FGSM whose
 * epsilon it does not state, 0..1.
 */
final class DefenseComparisonFigures {
  static final String CONTROL = "control";
  static final String ADVERSARIAL = "adversarial training";
  static final String DISTILLATION = "distillation";
  static final String MASKING = "gradient masking";

  /** Joins what a model was trained with, one after the other. */
  static final String THEN = ", then ";

  /** The pair that it finds best. */
  static final String BEST_PAIR = MASKING + THEN + ADVERSARIAL;

  /** The forms of gradient masking; the paper does not say which one its figure is of. */
  static final List<String> MASKING_FORMS = List.of(MASKING, "unused nodes", "gradient noise");

  /** What a distillation learns from; it is no defense by itself. */
  static final String TEACHER = "teacher";

  /** Its conclusion gives another figure of adversarial training than its table. */
  static final double ADVERSARIAL_IN_CONCLUSION = 0.9069;

  /**
   * A row.
   *
   * @param recipe of the experiment
   * @param clean accuracy as it is; NaN for none
   * @param fgsm accuracy under FGSM
   */
  record Row(String recipe, double clean, double fgsm) {}

  /** Its figures, gradient masking's for each form. */
  static final List<Row> ROWS =
      List.of(
          new Row(CONTROL, 0.995, 0.2915),
          new Row(ADVERSARIAL, Double.NaN, 0.885),
          new Row(DISTILLATION, Double.NaN, 0.3312),
          new Row(MASKING, Double.NaN, 0.4752),
          new Row("unused nodes", Double.NaN, 0.4752),
          new Row("gradient noise", Double.NaN, 0.4752),
          new Row(BEST_PAIR, Double.NaN, 0.8556),
          new Row(ADVERSARIAL + ", 5 layers", Double.NaN, 0.979));

  /** What it says of more layers, by defense. */
  static final Map<String, String> DEPTH =
      Map.of(
          ADVERSARIAL, "88.5% with 2 layers, 97.9% with 5; one more layer: 90% to 96%",
          DISTILLATION, "one more layer: 30% to 70%",
          MASKING, "one more layer: 50% to 90%");

  /** Its figure under FGSM of a recipe; NaN where it prints none. */
  static double fgsm(String recipe) {
    return ROWS.stream()
        .filter(r -> r.recipe.equals(recipe))
        .mapToDouble(Row::fgsm)
        .findFirst()
        .orElse(Double.NaN);
  }

  private DefenseComparisonFigures() {}
}
