package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * The inner loops of convolutions that are no products of matrices, in plain Java; {@link
 * VectorTapLoops} is its twin.
 */
class TapLoops {
  /**
   * For each of some pixels, {@code xStep} and {@code yStep} apart: y = start + the products of
   * neighbouring elements of x and w, n of each, at {@code seen / 2} pairs of offsets into x and w.
   */
  void tapSum(
      float[] x,
      int xo,
      int xStep,
      float[] w,
      int[] places,
      int seen,
      float[] start,
      float[] y,
      int yo,
      int yStep,
      int pixels,
      int n) {
    tapSum(x, xo, xStep, w, places, seen, start, y, yo, yStep, pixels, 0, n);
  }

  static void tapSum(
      float[] x,
      int xo,
      int xStep,
      float[] w,
      int[] places,
      int seen,
      float[] start,
      float[] y,
      int yo,
      int yStep,
      int pixels,
      int first,
      int n) {
    for (int p = 0; p < pixels; p++) {
      for (int i = first; i < n; i++) {
        float sum = start[i];
        for (int t = 0; t < seen; t += 2) {
          sum += x[xo + p * xStep + places[t] + i] * w[places[t + 1] + i];
        }
        y[yo + p * yStep + i] = sum;
      }
    }
  }

  /**
   * Adds to y, of n elements, at each of the pairs of offsets into x and y the products of x and g
   * of some pixels, which are {@code xStep} apart in x and n in g.
   */
  void tapAdd(
      float[] x,
      int xo,
      int xStep,
      float[] g,
      int go,
      int pixels,
      int[] places,
      int seen,
      float[] y,
      int yo,
      int n) {
    tapAdd(x, xo, xStep, g, go, pixels, places, seen, y, yo, 0, n);
  }

  static void tapAdd(
      float[] x,
      int xo,
      int xStep,
      float[] g,
      int go,
      int pixels,
      int[] places,
      int seen,
      float[] y,
      int yo,
      int first,
      int n) {
    for (int t = 0; t < seen; t += 2) {
      for (int p = 0; p < pixels; p++) {
        int from = xo + p * xStep + places[t];
        int grad = go + p * n;
        for (int i = first; i < n; i++) {
          y[yo + places[t + 1] + i] += x[from + i] * g[grad + i];
        }
      }
    }
  }

  /**
   * patch = the sum of k patches of a table, each times a value of its own: those from number
   * {@code from} on.
   *
   * @param patches where each begins
   * @param size of a patch, whole vectors
   */
  void patchSum(float[] table, int[] patches, float[] v, int from, int k, int size, float[] patch) {
    Arrays.fill(patch, 0, size, 0);
    for (int i = from; i < from + k; i++) {
      Loops.axpy(v[i], table, patches[i], patch, 0, size);
    }
  }

  /** Adds a patch to k patches of a table, times a value of its own each. */
  void patchAdd(float[] patch, int[] patches, float[] v, int from, int k, int size, float[] table) {
    for (int i = from; i < from + k; i++) {
      Loops.axpy(v[i], patch, 0, table, patches[i], size);
    }
  }

  /**
   * Adds patches of 3x3 pixels, times a value of its own each, to a kernel's taps; a tap and a
   * pixel have {@link PooledWeightGrad#LANES} channels.
   *
   * @param line between the patches' rows
   * @param at where the patches begin, behind {@code xo}: every step-th from the first to n
   */
  void addPatches(
      float[] x,
      int xo,
      int line,
      int[] at,
      float[] v,
      int first,
      int n,
      int step,
      float[] w,
      int wo) {
    int row = 3 * PooledWeightGrad.LANES;
    int i = first;
    for (; i < n - 3 * step; i += 4 * step) { // four at a time: the sums are stored less often
      for (int r = 0; r < 3; r++) {
        int x0 = xo + at[i] + r * line;
        int x1 = xo + at[i + step] + r * line;
        int x2 = xo + at[i + 2 * step] + r * line;
        int x3 = xo + at[i + 3 * step] + r * line;
        float v0 = v[i];
        float v1 = v[i + step];
        float v2 = v[i + 2 * step];
        float v3 = v[i + 3 * step];
        int to = wo + r * row;
        for (int j = 0; j < row; j++) {
          w[to + j] += v0 * x[x0 + j] + v1 * x[x1 + j] + (v2 * x[x2 + j] + v3 * x[x3 + j]);
        }
      }
    }
    for (; i < n; i += step) {
      for (int r = 0; r < 3; r++) {
        Loops.axpy(v[i], x, xo + at[i] + r * line, w, wo + r * row, row);
      }
    }
  }
}
