package dev.teak.lab.experiment;

import dev.teak.defenses.Training;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A search for a mask's ratio, a learning rate and a batch size. Its trials are judged on the
 * validation images, as they are without a mask; the best of them joins the experiment's cells and
 * is the only one that the test set is shown.
 *
 * @param model as the zoo knows it
 * @param training with a mask whose ratio is searched
 * @param method how
 * @param ratios of the mask, 0..1; by grid these, at random any between the smallest and the
 *     largest, all being as likely
 * @param lrs learning rates; by grid these, at random any between, their logarithms being as likely
 * @param batches images a step; one of these either way
 * @param trials how many, at random; by grid there are as many as combinations, and this is absent
 * @param epochs of each trial
 */
public record Search(
    String model,
    Training training,
    Method method,
    List<Double> ratios,
    List<Double> lrs,
    List<Integer> batches,
    @YamlRecords.Optional Integer trials,
    int epochs) {
  /** How settings are chosen. */
  public enum Method {
    /** Every combination. */
    GRID,
    /** Drawn, each by itself. */
    RANDOM
  }

  /** Rejects nonsense; messages begin with the component's name. */
  public Search {
    Experiment.requireModel("model", model);
    if (training.parts().stream().noneMatch(Masks::hasRatio)) {
      throw new IllegalArgumentException(
          "training: '" + training + "' has no mask with a ratio to search, as random 0.3 has");
    }
    ratios = List.copyOf(ratios);
    lrs = List.copyOf(lrs);
    batches = List.copyOf(batches);
    requireAll("ratios", ratios, r -> r >= 0 && r < 1, "in 0..1, without 1");
    requireAll("lrs", lrs, r -> r > 0 && Double.isFinite(r), "above 0, and finite");
    requireAll("batches", batches, b -> b >= 1, "1 or more");
    if (method == Method.RANDOM ? trials == null || trials < 1 : trials != null) {
      throw new IllegalArgumentException(
          "trials: "
              + trials
              + ": a random search needs 1 or more; a grid has as many as combinations, and takes"
              + " none");
    }
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs: " + epochs + ": must be 1 or more");
    }
  }

  private static <T> void requireAll(String key, List<T> values, Predicate<T> holds, String what) {
    if (values.isEmpty() || !values.stream().allMatch(holds)) {
      throw new IllegalArgumentException(key + ": " + values + ": needs one or more, each " + what);
    }
  }

  /**
   * What was found of a setting: one line of {@code search.jsonl}.
   *
   * @param cell the model, the training with its ratio, learning rate, batch and seed
   * @param validationAccuracy after its last epoch, without a mask
   */
  public record Trial(Cell cell, double validationAccuracy) {}

  /** The settings to try, from a seed. */
  List<Cell> cells(long seed) {
    List<Cell> cells = new ArrayList<>();
    if (method == Method.GRID) {
      for (double ratio : ratios) {
        for (double lr : lrs) {
          for (int batch : batches) {
            cells.add(cell(ratio, lr, batch, seed));
          }
        }
      }
      return cells;
    }
    for (int trial = 0; trial < trials; trial++) {
      double[] at = new RandomStream(seed, "search/" + trial).uniform(Shape.of(3)).toDoubles();
      cells.add(
          cell(
              between(ratios, at[0]),
              Math.exp(between(lrs.stream().map(Math::log).toList(), at[1])),
              batches.get((int) (at[2] * batches.size())),
              seed));
    }
    return cells;
  }

  private static double between(List<Double> values, double share) {
    double low = values.stream().min(Comparator.naturalOrder()).orElseThrow();
    double high = values.stream().max(Comparator.naturalOrder()).orElseThrow();
    return low + share * (high - low);
  }

  private Cell cell(double ratio, double lr, int batch, long seed) {
    return Cell.searched(
        model, Masks.withRatio(training, round(ratio)), seed, epochs, batch, round(lr));
  }

  /** To three digits: nobody can tell finer settings apart, and a person can read these. */
  private static double round(double x) {
    return new BigDecimal(x).round(new MathContext(3)).doubleValue();
  }

  /** The best of some trials, on the validation images; of equal ones the first. */
  static Trial best(List<Trial> trials) {
    Trial best = trials.get(0);
    for (Trial trial : trials) {
      best = trial.validationAccuracy > best.validationAccuracy ? trial : best;
    }
    return best;
  }
}
