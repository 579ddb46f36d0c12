package dev.teak.lab.report;

import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.UnderAttack;
import dev.teak.lab.stats.Runs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * What cells that differ by their seed alone gave: one model, trained in one way.
 *
 * @param cell the first of them
 * @param results at least one, in the order of the seeds
 */
public record Group(CellResult.Key cell, List<CellResult> results) {
  /** What plain training is called. */
  public static final String BASELINE = "baseline";

  private static final String SEPARATOR = "; ";
  private static final String NONE = "none";

  /** Its architecture, as text. */
  public String model() {
    return cell.model();
  }

  /** What tells it from the model's others: its recipe's name without the model's. */
  public String training() {
    String name = cell.recipe();
    String prefix = model() + SEPARATOR;
    String words = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return words.equals(NONE) ? BASELINE : words;
  }

  /** Whether it was trained without a defense. */
  public boolean isPlain() {
    return cell.defenses().equals(NONE);
  }

  /** Of the first seed. */
  public CellResult first() {
    return results.get(0);
  }

  /** Of a figure of each seed; NaN for what a seed has not. */
  public Summary over(ToDoubleFunction<CellResult> figure) {
    return Summary.of(results.stream().mapToDouble(figure).toArray());
  }

  /**
   * The median over seeds, of those that have the figure; NaN where none has. For times: the cells
   * that run first also wait for the JIT.
   */
  public double median(ToDoubleFunction<CellResult> figure) {
    double[] known = results.stream().mapToDouble(figure).filter(Double::isFinite).toArray();
    return new Median().evaluate(known);
  }

  /** The accuracy under an attack; of one seed, with the interval over its images. */
  public Summary attacked(String attack, double epsilon) {
    Summary s = over(accuracy(attack, epsilon));
    if (s.count() != 1) {
      return s;
    }
    return results.stream()
        .flatMap(r -> find(r, attack, epsilon).stream())
        .findFirst()
        .map(a -> new Summary(a.accuracy(), a.low(), a.high(), 1))
        .orElse(s);
  }

  /** The differences from another group, seed by seed. */
  public Summary less(Group other, ToDoubleFunction<CellResult> figure) {
    return Summary.of(differences(other, figure));
  }

  /**
   * The difference from another group under an attack: over the seeds, or where both have but one
   * of them, over its images by Newcombe's interval from two of Wilson's (1998, method 10), which
   * takes the images of the two for different ones and so is rather too wide.
   */
  public Summary lessUnder(Group other, String attack, double epsilon) {
    Summary seeds = less(other, accuracy(attack, epsilon));
    if (seeds.count() != 1) {
      return seeds;
    }
    for (Pair pair : pairs(other)) {
      Optional<UnderAttack> mine = find(pair.mine, attack, epsilon);
      Optional<UnderAttack> its = find(pair.other, attack, epsilon);
      if (mine.isPresent() && its.isPresent()) {
        return newcombe(mine.get(), its.get());
      }
    }
    return seeds;
  }

  private static Summary newcombe(UnderAttack a, UnderAttack b) {
    double d = a.accuracy() - b.accuracy();
    double down = Math.hypot(a.accuracy() - a.low(), b.high() - b.accuracy());
    double up = Math.hypot(a.high() - a.accuracy(), b.accuracy() - b.low());
    return new Summary(d, d - down, d + up, 1);
  }

  /** A figure less that of the other group, for each seed that both have. */
  public double[] differences(Group other, ToDoubleFunction<CellResult> figure) {
    return pairs(other).stream()
        .mapToDouble(p -> figure.applyAsDouble(p.mine) - figure.applyAsDouble(p.other))
        .filter(Double::isFinite)
        .toArray();
  }

  /** Results of the same seed. */
  public record Pair(CellResult mine, CellResult other) {}

  /** Results of both, for each seed that both have. */
  public List<Pair> pairs(Group other) {
    List<Pair> pairs = new ArrayList<>();
    for (CellResult mine : results) {
      for (CellResult its : other.results) {
        if (mine.cell().seed() == its.cell().seed()) {
          pairs.add(new Pair(mine, its));
        }
      }
    }
    return pairs;
  }

  /** The accuracy under an attack; NaN for a result without it. */
  public static ToDoubleFunction<CellResult> accuracy(String attack, double epsilon) {
    return attacked(attack, epsilon, UnderAttack::accuracy);
  }

  /** A figure of what an attack left; NaN for a result without it. */
  public static ToDoubleFunction<CellResult> attacked(
      String attack, double epsilon, ToDoubleFunction<UnderAttack> figure) {
    return r -> find(r, attack, epsilon).map(figure::applyAsDouble).orElse(Double.NaN);
  }

  /**
   * What an attack left of a result.
   *
   * @param attack as measures are named, without its epsilon: {@code pgd}, {@code fgsm naive}
   */
  public static Optional<UnderAttack> find(CellResult r, String attack, double epsilon) {
    return r.measured(attack + Results.AT + Numbers.exact(epsilon)).map(UnderAttack::of);
  }

  /** Its figure of each seed that has one, for tests and box plots. */
  public Runs runs(ToDoubleFunction<CellResult> figure) {
    TreeMap<Long, Double> bySeed = new TreeMap<>();
    for (CellResult r : results) {
      double value = figure.applyAsDouble(r);
      if (Double.isFinite(value)) {
        bySeed.put(r.cell().seed(), value);
      }
    }
    return new Runs(training(), bySeed);
  }
}
