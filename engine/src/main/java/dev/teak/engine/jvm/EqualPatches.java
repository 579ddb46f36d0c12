package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * Pixels of a 3x3 convolution's result that see just what their left or upper neighbor sees. A
 * direct convolution gives both the same bits; Winograd's method gives them other last bits by
 * their places in a tile, and behind it rounding would choose the winner of a max-pooling, and the
 * path of its gradient, wherever an image is flat. So those that hang together get one result: that
 * of the first of them.
 *
 * <pre>
 *   patch of pixel (i, j)      a b c        alike to the left: each of its pixels equals the one
 *                              d e f        to its left, and so for the one above
 *                              g h i
 * </pre>
 */
final class EqualPatches {
  private static final int SIDE = 3;

  private final Scratch scratch;

  EqualPatches(Scratch scratch) {
    this.scratch = scratch;
  }

  /**
   * Rows of an image, {@code [rows, w, c]} from {@code at} on, with so much padding at the left and
   * zeros wherever a patch leaves it.
   */
  record Rows(float[] x, int at, int rows, int w, int c, int padding) {
    /** Whether a pixel of the padded rows equals its neighbor. */
    boolean alike(int row, int column, boolean above) {
      int here = column - padding;
      int there = above ? here : here - 1;
      int a = at + (row * w + here) * c;
      int b = above ? a - w * c : a - c;
      boolean inside = here >= 0 && here < w;
      if (inside && there >= 0) {
        // Most pixels differ at once, and a call costs more than a look.
        return x[a] == x[b] && Arrays.equals(x, a, a + c, x, b, b + c);
      }
      if (inside) {
        return isZero(a);
      }
      return there < 0 || there >= w || isZero(b);
    }

    private boolean isZero(int from) {
      for (int i = from; i < from + c; i++) {
        if (x[i] != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Ints that {@link #find} writes for rows of a result. */
  static int size(int rows, int q) {
    return 1 + rows * q;
  }

  /**
   * Finds for each of the pixels {@code [out, q]} of a result, which see {@code out + 2} rows, the
   * first that it is equal to.
   *
   * @param first gets, from {@code to} on, whether any pixel has another, and each pixel's number
   */
  void find(Rows in, int out, int q, int[] first, int to) {
    int wide = q + SIDE - 1;
    int[] runs = scratch.ints(Scratch.RUNS, 2 * in.rows * wide);
    // Any three rows of a patch that is alike to the left have one of these, and so above.
    boolean any = runs(in, 2, false, wide, runs) >= SIDE;
    any |= runs(in, out - 1, false, wide, runs) >= SIDE;
    any |= runs(in, SIDE, true, wide, runs) >= SIDE;
    first[to] = any ? 1 : 0;
    if (!any) {
      return;
    }
    for (int r = 0; r < in.rows; r++) {
      runs(in, r, false, wide, runs);
      if (r > 0) {
        runs(in, r, true, wide, runs);
      }
    }
    int at = to + 1;
    for (int i = 0; i < out * q; i++) {
      int row = i / q;
      int column = i % q;
      first[at + i] = i;
      if (column > 0 && patch(runs, row, column, wide, 0)) {
        join(first, at, i, i - 1);
      }
      if (row > 0 && patch(runs, row, column, wide, in.rows)) {
        join(first, at, i, i - q);
      }
    }
    for (int i = 0; i < out * q; i++) {
      first[at + i] = first[at + first[at + i]];
    }
  }

  private static void join(int[] first, int at, int i, int j) {
    int a = root(first, at, i);
    int b = root(first, at, j);
    first[at + Math.max(a, b)] = Math.min(a, b);
  }

  private static int root(int[] first, int at, int i) {
    int root = i;
    while (first[at + root] != root) {
      root = first[at + root];
    }
    return root;
  }

  /** How many pixels up to each of a row are alike; gives the longest run. */
  private static int runs(Rows in, int row, boolean above, int wide, int[] runs) {
    int at = (above ? in.rows + row : row) * wide;
    int run = 0;
    int longest = 0;
    for (int j = 0; j < wide; j++) {
      boolean alike = (above || j > 0) && in.alike(row, j, above);
      run = alike ? run + 1 : 0;
      runs[at + j] = run;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  private static boolean patch(int[] runs, int i, int j, int wide, int from) {
    boolean alike = true;
    for (int r = 0; r < SIDE; r++) {
      alike &= runs[(from + i + r) * wide + j + SIDE - 1] >= SIDE;
    }
    return alike;
  }

  /**
   * Gives pixels the results of those that they are equal to.
   *
   * @param first as {@link #find} left it from {@code from} on
   * @param y rows of {@code q} pixels from {@code at} on, {@code pixel} apart
   */
  static void copy(
      int[] first, int from, int rows, int q, float[] y, int at, int pixel, int channels) {
    if (first[from] == 0) {
      return;
    }
    for (int i = 0; i < rows * q; i++) {
      int other = first[from + 1 + i];
      if (other != i) {
        System.arraycopy(y, at + other * pixel, y, at + i * pixel, channels);
      }
    }
  }
}
