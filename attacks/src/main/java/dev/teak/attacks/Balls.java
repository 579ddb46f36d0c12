package dev.teak.attacks;

import java.util.Arrays;

/** What projections onto balls need that sorts: one image at a time, in place. */
final class Balls {
  private static final int SHARE = 100;

  private Balls() {}

  /**
   * The nearest point of the L1 ball: every entry shrinks by the same amount, to 0 at most (Duchi
   * et al., "Efficient projections onto the L1-ball", ICML 2008, figure 1).
   */
  static void projectL1(double[] delta, double radius) {
    double[] sorted = sortedSizes(delta);
    double sum = 0;
    double shrink = radius == 0 ? Double.POSITIVE_INFINITY : 0;
    for (int k = 1; k <= sorted.length; k++) {
      double size = sorted[sorted.length - k];
      sum += size;
      double candidate = (sum - radius) / k;
      if (size <= candidate) {
        break;
      }
      shrink = Math.max(0, candidate);
    }
    for (int i = 0; i < delta.length; i++) {
      delta[i] = Math.signum(delta[i]) * Math.max(0, Math.abs(delta[i]) - shrink);
    }
  }

  /** The {@code count} largest entries as they are, the first of equal ones, the others 0. */
  static void largest(double[] delta, double count) {
    int keep = (int) Math.floor(count);
    double[] sorted = sortedSizes(delta);
    double least =
        keep >= delta.length ? 0 : keep == 0 ? Double.MAX_VALUE : sorted[sorted.length - keep];
    int above = 0;
    for (double d : delta) {
      above += Math.abs(d) > least ? 1 : 0;
    }
    int ties = keep - above;
    for (int i = 0; i < delta.length; i++) {
      double size = Math.abs(delta[i]);
      if (size < least || (size == least && ties-- <= 0)) {
        delta[i] = 0;
      }
    }
  }

  /** The signs of the largest hundredth of the entries, over their number. */
  static void sparseSigns(double[] gradient, double unused) {
    int keep = Math.max(1, gradient.length / SHARE);
    largest(gradient, keep);
    int kept = 0;
    for (double g : gradient) {
      kept += g != 0 ? 1 : 0;
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = kept == 0 ? 0 : Math.signum(gradient[i]) / kept;
    }
  }

  private static double[] sortedSizes(double[] values) {
    double[] sizes = new double[values.length];
    Arrays.setAll(sizes, i -> Math.abs(values[i]));
    Arrays.sort(sizes);
    return sizes;
  }
}
