package dev.teak.lab.stats;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.TTest;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * How likely a difference at least this large would be by chance: two-sided p values. A p is NaN
 * where the test says nothing, as of a single pair.
 */
public final class Significance {
  /** More pairs than this are none of seeds, and the exact distribution would take long. */
  private static final int MOST_PAIRS = 500;

  /** The same of two samples together. */
  private static final int MOST_VALUES = 200;

  private Significance() {}

  /**
   * Student's t test of pairs: whether the mean difference is 0, the differences being taken as
   * normally distributed.
   *
   * @return 1 where all pairs are equal; 0 where they differ by one and the same amount, which has
   *     no spread; NaN of fewer than two pairs
   */
  public static double pairedT(double[] a, double[] b) {
    return correctedResampledT(0, a, b);
  }

  /**
   * The corrected resampled t test of Nadeau and Bengio ("Inference for the generalization error",
   * Machine Learning 52, 2003): as {@link #pairedT}, of J pairs that are of J splits of the same
   * images, as folds are. Their training sets overlap, so that the pairs tell less than as many
   * independent ones: the variance of their mean is taken as (1 / J + n2 / n1) times that of the
   * differences, where Student's has 1 / J times.
   *
   * @param testToTrain n2 / n1, images held back to those trained on in a split, 0 or more: 1/9 of
   *     ten folds
   * @return as {@link #pairedT}, whose p it is of a ratio of 0
   */
  public static double correctedResampledT(double testToTrain, double[] a, double[] b) {
    requireRatio(testToTrain);
    double[] differences = differences(a, b);
    int n = differences.length;
    if (n < 2) {
      return Double.NaN;
    }
    if (Arrays.stream(differences).allMatch(d -> d == 0)) {
      return 1;
    }
    double variance = StatUtils.variance(differences) * (1.0 / n + testToTrain);
    double t = StatUtils.mean(differences) / Math.sqrt(variance);
    return 2 * new TDistribution(null, n - 1.0).cumulativeProbability(-Math.abs(t));
  }

  static void requireRatio(double testToTrain) {
    if (!(testToTrain >= 0 && testToTrain < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "testToTrain: " + testToTrain + ": must be 0 or more, and finite");
    }
  }

  /**
   * Welch's t test (1947): whether two means differ, each sample being taken as normally
   * distributed with a variance of its own.
   *
   * @return 1 where all values are equal; 0 where neither sample has a spread but they differ; NaN
   *     of fewer than two values
   */
  public static double welchT(double[] a, double[] b) {
    if (a.length < 2 || b.length < 2) {
      return Double.NaN;
    }
    if (isConstant(a) && isConstant(b)) {
      return a[0] == b[0] ? 1 : 0;
    }
    return new TTest().tTest(a, b);
  }

  private static boolean isConstant(double... values) {
    return Arrays.stream(values).allMatch(v -> v == values[0]);
  }

  /**
   * The rank sum test of Mann and Whitney (1947): whether values of one sample tend to lie above
   * those of the other. Exact, ties included: twice the smaller tail of the rank sums of all ways
   * to deal the values out. Of n and m values its smallest p is 2 / (n + m over n): 0.1 of three
   * and three.
   *
   * @return NaN of no values or with a NaN among them
   */
  public static double mannWhitney(double[] a, double[] b) {
    double[] all = DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    if (all.length > MOST_VALUES) {
      throw new IllegalArgumentException(
          "mannWhitney: " + all.length + " values; the exact test takes up to " + MOST_VALUES);
    }
    if (a.length == 0 || b.length == 0 || Arrays.stream(all).anyMatch(Double::isNaN)) {
      return Double.NaN;
    }
    int[] doubled = doubledRanks(all);
    double[] ways = sumsOfSubsets(a.length, doubled);
    int sum = Arrays.stream(doubled, 0, a.length).sum();
    double below = Arrays.stream(ways, 0, sum + 1).sum();
    double above = Arrays.stream(ways, sum, ways.length).sum();
    return Math.min(1, 2 * Math.min(below, above) / Arrays.stream(ways).sum());
  }

  /** In how many ways each sum comes from so many of the summands. */
  private static double[] sumsOfSubsets(int size, int... summands) {
    double[][] ways = new double[size + 1][Arrays.stream(summands).sum() + 1]; // [taken][sum]
    ways[0][0] = 1;
    for (int s : summands) {
      for (int taken = size; taken > 0; taken--) {
        for (int sum = ways[0].length - 1; sum >= s; sum--) {
          ways[taken][sum] += ways[taken - 1][sum - s];
        }
      }
    }
    return ways[size];
  }

  /** Ranks of ties are halves of whole numbers, so twice a rank counts well. */
  private static int[] doubledRanks(double... values) {
    return Arrays.stream(ranks(values)).mapToInt(r -> (int) Math.round(2 * r)).toArray();
  }

  /** From 1 on, those of ties their mean; 0 and -0, which NaturalRanking tells apart, are a tie. */
  static double[] ranks(double... values) {
    return new NaturalRanking().rank(Arrays.stream(values).map(v -> v + 0.0).toArray());
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
    int[] doubled =
        doubledRanks(Arrays.stream(differences).map(d -> rounded(Math.abs(d))).toArray());
    double[] chance = sumsOfSubsets(doubled);
    int positive = IntStream.range(0, n).filter(i -> differences[i] > 0).map(i -> doubled[i]).sum();
    int least = Math.min(positive, chance.length - 1 - positive);
    return Math.min(1, 2 * Arrays.stream(chance, 0, least + 1).sum());
  }

  /**
   * To ten digits: in binary 0.3 less 0.2 is not 0.2 less 0.1, and accuracies over the same images
   * have many such ties.
   */
  private static double rounded(double v) {
    return Double.isFinite(v) ? new BigDecimal(v).round(new MathContext(10)).doubleValue() : v;
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
