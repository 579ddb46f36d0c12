package dev.teak.lab.stats;

import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One figure of a model, once for each seed that it was trained with.
 *
 * @param name whose, as it stands in a table
 * @param bySeed the figure of each seed; NaN for a seed that has none
 */
public record Runs(String name, SortedMap<Long, Double> bySeed) {
  /** Fewer seeds than this say nothing: any spread, and none, comes about by chance. */
  public static final int FEWEST = 3;

  /** Copies the figures. */
  public Runs {
    bySeed = Collections.unmodifiableSortedMap(new TreeMap<>(bySeed));
  }

  /** Of seeds 1, 2, 3 and so on. */
  public static Runs of(String name, double... values) {
    SortedMap<Long, Double> bySeed = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      bySeed.put(i + 1L, values[i]);
    }
    return new Runs(name, bySeed);
  }

  /** The figures in the order of their seeds. */
  public double[] values() {
    return bySeed.values().stream().mapToDouble(v -> v).toArray();
  }

  /** Of those seeds alone that the other was trained with too. */
  public Runs sharedWith(Runs other) {
    SortedMap<Long, Double> shared = new TreeMap<>(bySeed);
    shared.keySet().retainAll(other.bySeed.keySet());
    return new Runs(name, shared);
  }

  /** Why no test can be made of these figures, in a sentence; empty where one can. */
  String whyUntested() {
    if (bySeed.values().stream().anyMatch(v -> !Double.isFinite(v))) {
      return "A run of " + name + " has no figure.";
    }
    int n = bySeed.size();
    return n >= FEWEST
        ? ""
        : String.format(
            Locale.ROOT,
            "%s has %d %s; below %d nothing can be said.",
            name,
            n,
            n == 1 ? "run" : "runs",
            FEWEST);
  }
}
