package dev.teak.lab.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.teak.attacks.evaluation.Check;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a measure found of a model: named figures, and what tables and pictures are made from beside
 * them; of these most are empty.
 *
 * @param measure its name
 * @param settings with which it was measured, by name
 * @param figures by name
 * @param labels true classes of the test images
 * @param predictions what was said of them, or of the first of them, under attack where there was
 *     one; -1 where a logit was NaN
 * @param confusion {@code [true class][predicted class]} counts
 * @param checks for masked gradients
 * @param examples attacked images
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Measured(
    String measure,
    Map<String, Object> settings,
    Map<String, Figure> figures,
    List<Integer> labels,
    List<Integer> predictions,
    List<List<Integer>> confusion,
    List<Check> checks,
    List<Example> examples) {
  /** Takes copies; what is absent is empty; rejects shares beyond 0..1. */
  public Measured {
    settings = settings == null ? Map.of() : new LinkedHashMap<>(settings);
    figures = figures == null ? Map.of() : new LinkedHashMap<>(figures);
    figures.forEach((name, figure) -> Figure.requireShare(name, figure.value()));
    labels = labels == null ? List.of() : List.copyOf(labels);
    predictions = predictions == null ? List.of() : List.copyOf(predictions);
    confusion = confusion == null ? List.of() : List.copyOf(confusion);
    checks = checks == null ? List.of() : List.copyOf(checks);
    examples = examples == null ? List.of() : List.copyOf(examples);
  }

  /** Nothing yet. */
  public static Measured by(String measure) {
    return new Measured(measure, null, null, null, null, null, null, null);
  }

  /** With settings. */
  public Measured settings(Map<String, Object> other) {
    return new Measured(measure, other, figures, labels, predictions, confusion, checks, examples);
  }

  /** With one more figure. */
  public Measured figure(String name, Figure figure) {
    Map<String, Figure> all = new LinkedHashMap<>(figures);
    all.put(name, figure);
    return new Measured(measure, settings, all, labels, predictions, confusion, checks, examples);
  }

  /** With true and predicted classes. */
  public Measured classes(List<Integer> truth, List<Integer> said) {
    return new Measured(measure, settings, figures, truth, said, confusion, checks, examples);
  }

  /** With a confusion matrix. */
  public Measured confusion(List<List<Integer>> counts) {
    return new Measured(measure, settings, figures, labels, predictions, counts, checks, examples);
  }

  /** With checks. */
  public Measured checks(List<Check> all) {
    return new Measured(measure, settings, figures, labels, predictions, confusion, all, examples);
  }

  /** With attacked images. */
  public Measured examples(List<Example> all) {
    return new Measured(measure, settings, figures, labels, predictions, confusion, checks, all);
  }

  /** A figure's value; NaN where it was not measured. */
  public double value(String name) {
    Figure figure = figures.get(name);
    return figure == null ? Double.NaN : figure.value();
  }

  /**
   * An attacked image. Pixels are bytes in base64, {@code height x width x channels}.
   *
   * @param image its number in the test set
   * @param label its true class
   * @param prediction of the image as it is
   * @param attackedPrediction of the adversarial image
   * @param reconstructed what a defense in front of the model made of the adversarial image; null
   *     where that was not asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Example(
      int image,
      int label,
      int prediction,
      int attackedPrediction,
      String attack,
      double epsilon,
      int height,
      int width,
      int channels,
      String original,
      String adversarial,
      String reconstructed) {}
}
