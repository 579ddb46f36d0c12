package dev.teak.lab.stats;

import org.apache.commons.math3.util.CombinatoricsUtils;

/** A two-sided test of two models' runs. */
public enum PairTest {
  /** {@link Significance#welchT}: means; runs normally distributed, with a variance each. */
  WELCH_T("Welch's t", false) {
    @Override
    double p(double[] a, double[] b) {
      return Significance.welchT(a, b);
    }

    @Override
    double least(int a, int b) {
      return 0;
    }
  },

  /** {@link Significance#pairedT}: mean difference; differences normally distributed. */
  PAIRED_T("paired t", true) {
    @Override
    double p(double[] a, double[] b) {
      return Significance.pairedT(a, b);
    }

    @Override
    double least(int a, int b) {
      return 0;
    }
  },

  /** {@link Significance#mannWhitney}: whether runs of one tend to lie above the other's. */
  MANN_WHITNEY("Mann-Whitney", false) {
    @Override
    double p(double[] a, double[] b) {
      return Significance.mannWhitney(a, b);
    }

    @Override
    double least(int a, int b) {
      return 2 / CombinatoricsUtils.binomialCoefficientDouble(a + b, a);
    }
  },

  /** {@link Significance#wilcoxon}: whether differences are symmetric around 0. */
  WILCOXON("Wilcoxon", true) {
    @Override
    double p(double[] a, double[] b) {
      // Without a pair that differs there is nothing to rank, and nothing that speaks for one.
      double p = Significance.wilcoxon(a, b);
      return Double.isNaN(p) ? 1 : p;
    }

    @Override
    double least(int a, int b) {
      return Math.pow(2, 1 - a);
    }
  };

  private final String title;
  private final boolean paired;

  PairTest(String title, boolean paired) {
    this.title = title;
    this.paired = paired;
  }

  /** What the test is called. */
  public String title() {
    return title;
  }

  /** Whether it compares runs of the same seed. */
  public boolean isPaired() {
    return paired;
  }

  abstract double p(double[] a, double[] b);

  /** The smallest p that so many runs can give. */
  abstract double least(int a, int b);
}
