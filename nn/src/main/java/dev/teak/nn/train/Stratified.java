package dev.teak.nn.train;

import dev.teak.engine.RandomStream;
import dev.teak.nn.train.Examples.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Parts of examples that have their classes in the whole's proportion. */
final class Stratified {
  private Stratified() {}

  static Split split(Examples all, int held, long seed) {
    if (held < 0 || held > all.size()) {
      throw new IllegalArgumentException(
          "split: " + held + " images are to be held back of " + all.size());
    }
    int[] open = quotas(all.labels(), held);
    boolean[] taken = new boolean[all.size()];
    for (int i : new RandomStream(seed, "split").permutation(all.size())) {
      taken[i] = open[all.labels()[i]]-- > 0;
    }
    return parts(all, taken);
  }

  /** How many of each class to take: its share rounded down, and one more by largest remainder. */
  private static int[] quotas(int[] labels, int held) {
    int[] counts = counts(labels);
    int[] quotas = new int[counts.length];
    long[] remainders = new long[counts.length];
    int left = held;
    for (int c = 0; c < counts.length; c++) {
      long share = (long) counts[c] * held;
      quotas[c] = (int) (share / labels.length);
      remainders[c] = share % labels.length;
      left -= quotas[c];
    }
    Comparator<Integer> largest = Comparator.comparingLong(c -> -remainders[c]);
    IntStream.range(0, counts.length)
        .boxed()
        .sorted(largest.thenComparing(Comparator.naturalOrder()))
        .limit(left)
        .forEach(c -> quotas[c]++);
    return quotas;
  }

  private static int[] counts(int[] labels) {
    int[] counts = new int[Arrays.stream(labels).max().orElse(-1) + 1];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  static List<Split> folds(Examples all, int k, long seed) {
    if (k < 2 || k > all.size()) {
      throw new IllegalArgumentException(
          "folds: "
              + k
              + " folds of "
              + all.size()
              + " images; there must be 2 folds or more, and no more than images");
    }
    int[] order = new RandomStream(seed, "folds").permutation(all.size());
    int[] fold = new int[all.size()];
    int dealt = 0;
    for (int c = 0; c < counts(all.labels()).length; c++) {
      for (int i : order) {
        if (all.labels()[i] == c) {
          fold[i] = dealt++ % k;
        }
      }
    }
    List<Split> splits = new ArrayList<>();
    for (int f = 0; f < k; f++) {
      boolean[] held = new boolean[all.size()];
      for (int i = 0; i < held.length; i++) {
        held[i] = fold[i] == f;
      }
      splits.add(parts(all, held));
    }
    return splits;
  }

  private static Split parts(Examples all, boolean[] held) {
    return new Split(
        all.select(IntStream.range(0, held.length).filter(i -> !held[i]).toArray()),
        all.select(IntStream.range(0, held.length).filter(i -> held[i]).toArray()));
  }
}
