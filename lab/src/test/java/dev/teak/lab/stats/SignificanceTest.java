package dev.teak.lab.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SignificanceTest {
  private static final double EXACT = 1e-12;

  /** Published figures have four digits or so. */
  private static final double AS_PRINTED = 5e-5;

  /** Student's own sleep data (1908), as R's t.test(extra ~ group, paired = TRUE) has it. */
  private static final double[] SLEEP_1 = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};

  private static final double[] SLEEP_2 = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

  /** The depression scale of Hollander and Wolfe (1973), p. 29, the example of R's wilcox.test. */
  private static final double[] FIRST = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};

  private static final double[] SECOND = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};

  @Test
  void thePairedTTestAgreesWithR() {
    assertEquals(0.002833, Significance.pairedT(SLEEP_1, SLEEP_2), 5e-7);
  }

  @Test
  void thePairedTTestOfTwoPairsIsAsWorkedByHand() {
    // Differences 1 and 3: t = 2 / (sqrt(2) / sqrt(2)) = 2, of one degree: p = 1 - 2 atan(2) / pi.
    double expected = 1 - 2 * Math.atan(2) / Math.PI;
    assertEquals(expected, Significance.pairedT(new double[] {1, 3}, new double[] {0, 0}), 1e-9);
  }

  /** Accuracies of ten folds each, made up. */
  private static final double[] FOLDS_1 = {
    0.9312, 0.9287, 0.9405, 0.9351, 0.9298, 0.9377, 0.9340, 0.9266, 0.9391, 0.9333
  };

  private static final double[] FOLDS_2 = {
    0.9201, 0.9264, 0.9288, 0.9310, 0.9190, 0.9305, 0.9352, 0.9158, 0.9301, 0.9289
  };

  @Test
  void theCorrectedTTestAgreesWithScipysDistribution() {
    // d = a - b; 2 * stats.t.sf(d.mean() / sqrt((1/10 + 1/9) * d.var(ddof=1)), 9): t is 3.45189.
    double p = Significance.correctedResampledT(1 / 9.0, FOLDS_1, FOLDS_2);
    assertEquals(0.007253039753969892, p, 1e-12);
    assertEquals(p, Significance.correctedResampledT(1 / 9.0, FOLDS_2, FOLDS_1));
    // stats.ttest_rel finds a tenth of that, as if the folds had nothing in common.
    assertEquals(0.0007235310594533299, Significance.pairedT(FOLDS_1, FOLDS_2), 1e-12);
  }

  @Test
  void theCorrectedTTestOfTwoPairsIsAsWorkedByHand() {
    // Differences 1 and 3 of two halves: t = 2 / sqrt(2 (1/2 + 1)) = 2 / sqrt(3), one degree.
    double expected = 1 - 2 * Math.atan(2 / Math.sqrt(3)) / Math.PI;
    double[] zeros = {0, 0};
    assertEquals(expected, Significance.correctedResampledT(1, new double[] {1, 3}, zeros), EXACT);
    assertEquals(1, Significance.correctedResampledT(1, zeros, zeros));
    assertEquals(0, Significance.correctedResampledT(1, new double[] {1, 1}, zeros));
    double[] one = {1};
    assertTrue(Double.isNaN(Significance.correctedResampledT(1, one, new double[] {0})));
    assertTrue(
        Double.isNaN(Significance.correctedResampledT(1, new double[] {1, Double.NaN}, zeros)));
  }

  @Test
  void aRatioOfTestToTrainingImagesThatIsNoneIsRefused() {
    for (double ratio : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> MeanInterval.correctedResampled(ratio, 1, 2))
              .getMessage();
      assertEquals("testToTrain: " + ratio + ": must be 0 or more, and finite", message);
    }
  }

  @Test
  void aTTestWithoutSpreadOrPairsSaysSo() {
    assertEquals(1, Significance.pairedT(new double[] {1, 2}, new double[] {1, 2}));
    assertEquals(0, Significance.pairedT(new double[] {1, 2}, new double[] {0, 1}));
    assertTrue(Double.isNaN(Significance.pairedT(new double[] {1}, new double[] {2})));
  }

  @Test
  void wilcoxonsTestAgreesWithR() {
    // V = 40 of 9 pairs: two-sided p = 20 / 512, R prints 0.03906.
    assertEquals(20 / 512.0, Significance.wilcoxon(FIRST, SECOND), EXACT);
  }

  @Test
  void wilcoxonsTestOfThreePairsCannotGoBelowAQuarter() {
    double[] a = {0.9, 0.8, 0.7};
    double[] b = {0.1, 0.2, 0.3};
    assertEquals(0.25, Significance.wilcoxon(a, b), EXACT);
    assertEquals(0.25, Significance.wilcoxon(b, a), EXACT);
  }

  @Test
  void wilcoxonsTestCountsTiesAndLeavesOutEqualPairs() {
    // |d| = 1, 1, 2: ranks 1.5, 1.5, 3; positive 4.5 of 6. Subsets with a sum of 1.5 or less: {},
    // {1.5}, {1.5}: 3 of 8, so p = 0.75.
    double[] a = {1, -1, 2, 5};
    double[] b = {0, 0, 0, 5};
    assertEquals(0.75, Significance.wilcoxon(a, b), EXACT);
    assertTrue(Double.isNaN(Significance.wilcoxon(new double[] {1}, new double[] {1})));
  }

  @Test
  void wilcoxonsTestTiesDifferencesThatRoundingAloneTellsApart() {
    // Four differences of a tenth, in binary 0.1, 0.09999999999999998, 0.10000000000000009 and 0.1,
    // the third of them down. Ranks 2.5 each, positive 7.5 of 10: 1 + 4 of 16 subsets have a sum of
    // 2.5 or less, so p = 0.625.
    double[] a = {0.2, 0.3, 0.7, 0.1};
    double[] b = {0.1, 0.2, 0.8, 0.0};
    assertEquals(0.625, Significance.wilcoxon(a, b), EXACT);
  }

  @Test
  void welchsTestAgreesWithR() {
    // t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939.
    assertEquals(0.07939, Significance.welchT(SLEEP_1, SLEEP_2), 5e-6);
  }

  @Test
  void welchsTestWithoutSpreadOrValuesSaysSo() {
    double[] ones = {1, 1};
    assertEquals(1, Significance.welchT(ones, ones));
    assertEquals(0, Significance.welchT(ones, new double[] {2, 2}));
    assertTrue(Double.isNaN(Significance.welchT(ones, new double[] {2})));
    // With a spread on one side: t = 1 / sqrt(2 / 2) = 1, of one degree: p = 1 - 2 atan(1) / pi.
    assertEquals(0.5, Significance.welchT(ones, new double[] {1, 3}), EXACT);
  }

  @Test
  void mannAndWhitneysTestAgreesWithR() {
    // Permeability of membranes, Hollander and Wolfe (1973), p. 69, in R's wilcox.test: W = 35,
    // two-sided p of 10 and 5 values without a tie: 764 of the 3003 ways, 0.2544.
    double[] term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    double[] early = {1.15, 0.88, 0.90, 0.74, 1.21};
    assertEquals(764 / 3003.0, Significance.mannWhitney(term, early), EXACT);
    assertEquals(764 / 3003.0, Significance.mannWhitney(early, term), EXACT);
  }

  @Test
  void mannAndWhitneysTestCountsTies() {
    // Ranks 1, 2.5 against 2.5, 4: sums of two of them are 3.5 (twice), 5 (twice), 6.5 (twice).
    // Ours is 3.5: 2 of 6 ways lie at or below, so p = 2 / 3.
    double[] a = {1, 2};
    double[] b = {2, 3};
    assertEquals(2 / 3.0, Significance.mannWhitney(a, b), EXACT);
    assertEquals(1, Significance.mannWhitney(new double[] {1, 1}, new double[] {1, 1}), EXACT);
    assertEquals(1, Significance.mannWhitney(new double[] {-0.0}, new double[] {0.0}), EXACT);
    double[] below = {-1, -0.0};
    assertEquals(2 / 3.0, Significance.mannWhitney(below, new double[] {0, 1}), EXACT);
  }

  @Test
  void mannAndWhitneysTestOfThreeAndThreeCannotGoBelowATenth() {
    double[] a = {1, 2, 3};
    double[] b = {4, 5, 6};
    assertEquals(0.1, Significance.mannWhitney(a, b), EXACT);
    assertTrue(Double.isNaN(Significance.mannWhitney(a, new double[0])));
    assertTrue(Double.isNaN(Significance.mannWhitney(a, new double[] {1, Double.NaN})));
    assertThrows(
        IllegalArgumentException.class, () -> Significance.mannWhitney(a, new double[198]));
  }

  @Test
  void mcnemarsTestIsTheExactBinomial() {
    // 1 image only the one has right, 5 only the other: p = 2 (1 + 6) / 2^6.
    boolean[] a = {true, false, false, false, false, false, true, false};
    boolean[] b = {false, true, true, true, true, true, true, false};
    assertEquals(14 / 64.0, Significance.mcnemar(a, b), EXACT);
    assertEquals(1, Significance.mcnemar(a, a), EXACT);
  }

  @Test
  void mcnemarsTestIsExactOfManyImagesToo() {
    // 121 against 59: 2 (C(180, 0) + ... + C(180, 59)) / 2^180 in whole numbers.
    boolean[] a = new boolean[101 + 121 + 59 + 33];
    boolean[] b = new boolean[a.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = i < 101 + 121;
      b[i] = i < 101 || (i >= 101 + 121 && i < 101 + 121 + 59);
    }
    assertEquals(4.434449263755176e-06, Significance.mcnemar(a, b), 1e-15);
  }

  @Test
  void holmsCorrectionIsAsR() {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02}, Significance.holm(0.01, 0.04, 0.03, 0.005), EXACT);
    assertArrayEquals(
        new double[] {0.02, Double.NaN, 1}, Significance.holm(0.01, Double.NaN, 1), EXACT);
  }

  @Test
  void pairsOfDifferentNumbersAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Significance.pairedT(new double[2], new double[3]));
  }

  @Test
  void theIntervalOfAMeanIsStudents() {
    // R: t.test(c(0.7, -1.6, ...))$conf.int of the first group is -0.5297804 to 2.0297804.
    MeanInterval i = MeanInterval.of(SLEEP_1);
    assertEquals(0.75, i.mean(), EXACT);
    assertEquals(-0.5297804, i.low(), AS_PRINTED);
    assertEquals(2.0297804, i.high(), AS_PRINTED);
    // Of two values half a width apart: t is tan(0.475 pi) of one degree of freedom.
    MeanInterval two = MeanInterval.of(1, 3);
    assertEquals(2 + Math.tan(0.475 * Math.PI), two.high(), 1e-6);
  }

  @Test
  void theIntervalOfFoldsIsWider() {
    // stats.t.ppf(0.975, 9) * a.std(ddof=1) * sqrt(1/10 + 1/9) on either side of a.mean().
    MeanInterval i = MeanInterval.correctedResampled(1 / 9.0, FOLDS_1);
    assertEquals(0.9336, i.mean(), EXACT);
    assertEquals(0.9288195615988633, i.low(), 1e-9);
    assertEquals(0.9383804384011365, i.high(), 1e-9);
    assertEquals(10, i.values());
  }

  @Test
  void oneSeedHasNoInterval() {
    MeanInterval one = MeanInterval.of(0.5);
    assertEquals(0.5, one.mean());
    assertTrue(Double.isNaN(one.low()) && Double.isNaN(one.high()));
  }
}
