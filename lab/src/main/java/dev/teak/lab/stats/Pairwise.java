package dev.teak.lab.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A test of every pair of several models, corrected by Holm for their number.
 *
 * @param test what it is called
 * @param names of the models
 * @param pairs each pair once, the model that comes first before the other
 * @param least the smallest corrected p that any of these pairs could have had; NaN where none was
 *     tested
 */
public record Pairwise(String test, List<String> names, List<Pair> pairs, double least) {
  /** Below this a corrected p counts. */
  public static final double LEVEL = 0.05;

  /**
   * Two models.
   *
   * @param first one's place among the names
   * @param second the other's, which is larger
   * @param difference the mean of the first less that of the second, over the runs that were
   *     compared; NaN where a run has no figure
   * @param p NaN where nothing can be said
   * @param holm the same, corrected
   * @param unsaid why nothing can be said, in a sentence; empty where something can
   */
  public record Pair(
      int first, int second, double difference, double p, double holm, String unsaid) {
    public boolean isTested() {
      return unsaid.isEmpty();
    }

    public boolean isSignificant() {
      return holm < LEVEL;
    }
  }

  /** Copies the lists. */
  public Pairwise {
    names = List.copyOf(names);
    pairs = List.copyOf(pairs);
  }

  /** Every pair by a test that looks at two models alone. */
  public static Pairwise of(PairTest test, List<Runs> models) {
    return of(test.title(), models, (i, j) -> found(test, models.get(i), models.get(j)));
  }

  private static Found found(PairTest test, Runs a, Runs b) {
    Runs first = test.isPaired() ? a.sharedWith(b) : a;
    Runs second = test.isPaired() ? b.sharedWith(a) : b;
    String unsaid = first.whyUntested();
    if (unsaid.isEmpty()) {
      unsaid = second.whyUntested();
    }
    int shared = first.bySeed().size();
    if (test.isPaired() && shared < Runs.FEWEST) {
      unsaid =
          String.format(
              Locale.ROOT,
              "%s and %s share %d %s; below %d nothing can be said.",
              a.name(),
              b.name(),
              shared,
              shared == 1 ? "seed" : "seeds",
              Runs.FEWEST);
    }
    if (!unsaid.isEmpty()) {
      return Found.nothing(first, second, unsaid);
    }
    double p = test.p(first.values(), second.values());
    return Found.of(first, second, p, test.least(shared, second.bySeed().size()));
  }

  /** What a test found of two models, before the correction. */
  record Found(double difference, double p, double least, String unsaid) {
    static Found of(Runs a, Runs b, double p, double least) {
      return new Found(difference(a, b), p, least, "");
    }

    static Found nothing(Runs a, Runs b, String unsaid) {
      return new Found(difference(a, b), Double.NaN, Double.NaN, unsaid);
    }

    private static double difference(Runs a, Runs b) {
      return StatUtils.mean(a.values()) - StatUtils.mean(b.values());
    }
  }

  /** Tests two models by their places. */
  interface Finder {
    Found find(int first, int second);
  }

  /** Every pair by any test. */
  static Pairwise of(String test, List<Runs> models, Finder finder) {
    List<int[]> places = new ArrayList<>();
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size(); j++) {
        places.add(new int[] {i, j});
        found.add(finder.find(i, j));
      }
    }
    double[] holm = Significance.holm(found.stream().mapToDouble(Found::p).toArray());
    List<Pair> pairs = new ArrayList<>();
    for (int k = 0; k < holm.length; k++) {
      Found f = found.get(k);
      int[] at = places.get(k);
      pairs.add(new Pair(at[0], at[1], f.difference, f.p, holm[k], f.unsaid));
    }
    List<Found> tested = found.stream().filter(f -> f.unsaid.isEmpty()).toList();
    double least = tested.stream().mapToDouble(Found::least).min().orElse(Double.NaN);
    return new Pairwise(
        test, models.stream().map(Runs::name).toList(), pairs, Math.min(1, tested.size() * least));
  }

  /** Two models, the pair's first before its second; by their places, in either order. */
  public Pair pair(int one, int other) {
    int first = Math.min(one, other);
    int second = Math.max(one, other);
    return pairs.stream()
        .filter(p -> p.first == first && p.second == second)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "pair "
                        + one
                        + ", "
                        + other
                        + ": there are "
                        + names.size()
                        + " models, and a pair is of two of them"));
  }

  /** How many pairs differ by more than chance. */
  public long significant() {
    return pairs.stream().filter(Pair::isSignificant).count();
  }

  /** Whether any pair was tested and could have come below {@link #LEVEL}. */
  public boolean canDecide() {
    return least < LEVEL;
  }
}
