package dev.teak.lab.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.inference.TTest;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * How likely a difference at least this large would be by chance: two-sided p values. A p is NaN
 * where the test says nothing, as of a single pair.
 */
public final class Significance {
  /** More pairs than this are none of seeds, and the exact distribution would take long. */
  private static final int MOST_PAIRS = 500;

  private Significance() {}

  /**
   * Student's t test of pairs: whether the mean difference is 0, the differences being taken as
   * normally distributed.
   *
   * @return 1 where all pairs are equal; 0 where they differ by one and the same amount, which has
   *     no spread; NaN of fewer than two pairs
   */
  public static double pairedT(double[] a, double[] b) {
    double[] differences = differences(a, b);
    if (differences.length < 2) {
      return Double.NaN;
    }
    if (Arrays.stream(differences).allMatch(d -> d == 0)) {
      return 1;
    }
    return new TTest().pairedTTest(a, b);
  }

  /**
   * Wilcoxon's signed rank test (1945): whether differences are symmetric around 0. Exact, ties
   * included; pairs that are equal are left out, as Wilcoxon did. Of n pairs its smallest p is
   * 2^(1-n): 0.25 of three.
   *
   * @return NaN where no pair differs
   */
  public static double wilcoxon(double[] a, double[] b) {
    double[] differences = Arrays.stream(differences(a, b)).filter(d -> d != 0).toArray();
    int n = differences.length;
    if (n > MOST_PAIRS) {
      throw new IllegalArgumentException(
          "wilcoxon: " + n + " pairs; the exact test takes up to " + MOST_PAIRS);
    }
    if (n == 0 || Arrays.stream(differences).anyMatch(Double::isNaN)) {
      return Double.NaN;
    }
    double[] ranks = new NaturalRanking().rank(Arrays.stream(differences).map(Math::abs).toArray());
    // Ranks of ties are halves of whole numbers, so twice a rank counts well.
    int[] doubled = Arrays.stream(ranks).mapToInt(r -> (int) Math.round(2 * r)).toArray();
    double[] chance = sumsOfSubsets(doubled);
    int positive = IntStream.range(0, n).filter(i -> differences[i] > 0).map(i -> doubled[i]).sum();
    int least = Math.min(positive, chance.length - 1 - positive);
    return Math.min(1, 2 * Arrays.stream(chance, 0, least + 1).sum());
  }

  /** How likely each sum is if each summand is taken or left by the throw of a coin. */
  private static double[] sumsOfSubsets(int... summands) {
    double[] chance = new double[Arrays.stream(summands).sum() + 1];
    chance[0] = 1;
    for (int s : summands) {
      for (int sum = chance.length - 1; sum >= 0; sum--) {
        chance[sum] = (chance[sum] + (sum >= s ? chance[sum - s] : 0)) / 2;
      }
    }
    return chance;
  }

  /**
   * McNemar's test (1947) of two models on the same images: whether each is as often right where
   * the other is wrong. By the exact binomial distribution, however many such images there are.
   *
   * @param a whether the one is right, image by image
   * @param b whether the other is
   * @return 1 where none is right where the other is wrong
   */
  public static double mcnemar(boolean[] a, boolean[] b) {
    requireSame(a.length, b.length);
    int onlyA = 0;
    int onlyB = 0;
    for (int i = 0; i < a.length; i++) {
      onlyA += a[i] && !b[i] ? 1 : 0;
      onlyB += b[i] && !a[i] ? 1 : 0;
    }
    int least = Math.min(onlyA, onlyB);
    return Math.min(
        1, 2 * new BinomialDistribution(null, onlyA + onlyB, 0.5).cumulativeProbability(least));
  }

  /**
   * Holm's step-down correction (1979) of the p values of several tests: below a level, the chance
   * of one false finding among all is below that level. A NaN stays one and counts as no test.
   */
  public static double[] holm(double... p) {
    int[] order =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] adjusted = new double[p.length];
    Arrays.fill(adjusted, Double.NaN);
    double largest = 0;
    for (int k = 0; k < order.length; k++) {
      largest = Math.max(largest, Math.min(1, (order.length - k) * p[order[k]]));
      adjusted[order[k]] = largest;
    }
    return adjusted;
  }

  private static double[] differences(double[] a, double[] b) {
    requireSame(a.length, b.length);
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }

  private static void requireSame(int a, int b) {
    if (a != b) {
      throw new IllegalArgumentException("pairs: " + a + " values beside " + b);
    }
  }
}
