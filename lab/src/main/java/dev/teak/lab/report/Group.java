package dev.teak.lab.report;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * What cells that differ by their seed alone gave: one model, trained in one way.
 *
 * @param cell the first of them
 * @param results at least one, in the order of the seeds
 */
record Group(Cell cell, List<CellResult> results) {
  /** What plain training is called. */
  static final String BASELINE = "baseline";

  private static final String SEPARATOR = "; ";

  String model() {
    return cell.model();
  }

  /** Its parts in words, and the settings where a search found them. */
  String training() {
    String words = cell.group().substring(model().length() + SEPARATOR.length());
    return words.equals(Cell.BASELINE) ? BASELINE : words;
  }

  boolean isBaseline() {
    return training().equals(BASELINE);
  }

  CellResult first() {
    return results.get(0);
  }

  /** Of a figure of each seed; NaN for what a seed has not. */
  Summary over(ToDoubleFunction<CellResult> figure) {
    return Summary.of(results.stream().mapToDouble(figure).toArray());
  }

  /**
   * The median over seeds, of those that have the figure; NaN where none has. For times: the cells
   * that run first also wait for the JIT.
   */
  double median(ToDoubleFunction<CellResult> figure) {
    double[] known = results.stream().mapToDouble(figure).filter(Double::isFinite).toArray();
    return new Median().evaluate(known);
  }

  /** The accuracy under an attack; of one seed, with the interval over its images. */
  Summary attacked(String attack, double epsilon) {
    Summary s = over(accuracy(attack, epsilon));
    if (s.count() != 1) {
      return s;
    }
    return results.stream()
        .flatMap(r -> find(r.attacked(), attack, epsilon).stream())
        .findFirst()
        .map(a -> new Summary(a.accuracy(), a.low(), a.high(), 1))
        .orElse(s);
  }

  /** The differences from another group, seed by seed. */
  Summary less(Group other, ToDoubleFunction<CellResult> figure) {
    return Summary.of(differences(other, figure));
  }

  /**
   * The difference from another group under an attack: over the seeds, or where both have but one
   * of them, over its images by Newcombe's interval from two of Wilson's (1998, method 10), which
   * takes the images of the two for different ones and so is rather too wide.
   */
  Summary lessUnder(Group other, String attack, double epsilon) {
    Summary seeds = less(other, accuracy(attack, epsilon));
    if (seeds.count() != 1) {
      return seeds;
    }
    for (Pair pair : pairs(other)) {
      Optional<Attacked> mine = find(pair.mine.attacked(), attack, epsilon);
      Optional<Attacked> its = find(pair.other.attacked(), attack, epsilon);
      if (mine.isPresent() && its.isPresent()) {
        return newcombe(mine.get(), its.get());
      }
    }
    return seeds;
  }

  private static Summary newcombe(Attacked a, Attacked b) {
    double d = a.accuracy() - b.accuracy();
    double down = Math.hypot(a.accuracy() - a.low(), b.high() - b.accuracy());
    double up = Math.hypot(a.high() - a.accuracy(), b.accuracy() - b.low());
    return new Summary(d, d - down, d + up, 1);
  }

  /** A figure less that of the other group, for each seed that both have. */
  double[] differences(Group other, ToDoubleFunction<CellResult> figure) {
    return pairs(other).stream()
        .mapToDouble(p -> figure.applyAsDouble(p.mine) - figure.applyAsDouble(p.other))
        .filter(Double::isFinite)
        .toArray();
  }

  /** Results of the same seed. */
  record Pair(CellResult mine, CellResult other) {}

  List<Pair> pairs(Group other) {
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
  static ToDoubleFunction<CellResult> accuracy(String attack, double epsilon) {
    return attacked(attack, epsilon, Attacked::accuracy);
  }

  /** A figure of what an attack left; NaN for a result without it. */
  static ToDoubleFunction<CellResult> attacked(
      String attack, double epsilon, ToDoubleFunction<Attacked> figure) {
    return r -> find(r.attacked(), attack, epsilon).map(figure::applyAsDouble).orElse(Double.NaN);
  }

  /** What an attack left, among others. */
  static Optional<Attacked> find(List<Attacked> all, String attack, double epsilon) {
    return all.stream()
        .filter(a -> a.attack().equals(attack) && a.epsilon() == epsilon)
        .findFirst();
  }
}
