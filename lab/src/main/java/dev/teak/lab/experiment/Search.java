package dev.teak.lab.experiment;

import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.settings.Settings;
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
 * @param model its architecture
 * @param defenses with a mask whose ratio is searched
 * @param method how
 * @param ratios of the mask, 0..1; by grid these, at random any between the smallest and the
 *     largest, all being as likely
 * @param lrs learning rates; by grid these, at random any between, their logarithms being as likely
 * @param batches images a step; one of these either way
 * @param trials how many, at random; by grid there are as many as combinations, and this is absent
 * @param epochs of each trial
 */
public record Search(
    Architecture model,
    Experiment.Defenses defenses,
    Method method,
    List<Double> ratios,
    List<Double> lrs,
    List<Integer> batches,
    @Optional Integer trials,
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
    if (defenses.list().stream().noneMatch(Masks::hasRatio)) {
      throw new IllegalArgumentException(
          "defenses: '" + defenses + "' has no mask with a ratio to search, as random 0.3 has");
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
   * @param id the model, its defenses with their ratio, learning rate, batch and seed
   * @param validationAccuracy after its last epoch, without a mask
   */
  public record Trial(String id, double validationAccuracy) {}

  /** The settings to try, from a seed. */
  List<Cell> cells(long seed, Phase training) {
    List<Cell> cells = new ArrayList<>();
    if (method == Method.GRID) {
      for (double ratio : ratios) {
        for (double lr : lrs) {
          for (int batch : batches) {
            cells.add(cell(ratio, lr, batch, seed, training));
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
              seed,
              training));
    }
    return cells;
  }

  private static double between(List<Double> values, double share) {
    double low = values.stream().min(Comparator.naturalOrder()).orElseThrow();
    double high = values.stream().max(Comparator.naturalOrder()).orElseThrow();
    return low + share * (high - low);
  }

  private Cell cell(double ratio, double lr, int batch, long seed, Phase training) {
    Phase phase =
        Phase.EMPTY
            .defenses(Masks.withRatio(defenses.list(), round(ratio)))
            .epochs(epochs)
            .steps(batch, Adam.adam(round(lr)))
            .or(training);
    String name =
        String.join(
            "",
            Settings.text(model) + "; " + phase.words(),
            "; lr " + Numbers.exact(round(lr)) + ", batch " + batch);
    return new Cell(new Recipe(name, model, null, List.of(phase)), seed);
  }

  /** To three digits: nobody can tell finer settings apart, and a person can read these. */
  private static double round(double x) {
    return new BigDecimal(x).round(new MathContext(3)).doubleValue();
  }

  /** The best of some trials, on the validation images; of equal ones the first. */
  static Cell best(List<Cell> tried, List<Trial> trials) {
    int best = 0;
    for (int i = 1; i < trials.size(); i++) {
      best = trials.get(i).validationAccuracy > trials.get(best).validationAccuracy ? i : best;
    }
    return tried.get(best);
  }
}
