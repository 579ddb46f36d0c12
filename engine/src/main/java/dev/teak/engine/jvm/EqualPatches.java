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

  private final boolean[] flat;
  private final int[] first;
  private final int pixels;

  /** Of images of {@code pixels} results each, that go through {@link #find} one by one. */
  EqualPatches(int images, int pixels, Scratch scratch) {
    this.flat = new boolean[images];
    this.first = scratch.ints(Scratch.EQUALS, images * pixels);
    this.pixels = pixels;
  }

  /** Whether an image has results that are equal. */
  boolean in(int image) {
    return flat[image];
  }

  /** The number of the first result of an image that is equal to this one. */
  int first(int image, int pixel) {
    return first[image * pixels + pixel];
  }

  /**
   * Gives each result of an image, {@code [pixels, channels]} of y, that of the first equal one.
   */
  void copy(int image, float[] y, int channels) {
    int at = image * pixels;
    for (int i = at; i < at + pixels; i++) {
      if (first[i] != i - at) {
        System.arraycopy(y, (at + first[i]) * channels, y, i * channels, channels);
      }
    }
  }

  /**
   * An image {@code [h, w, c]} that begins at {@code from}, with zeros around it.
   *
   * @param rows rows that patches see, of which the first {@code top} are zeros
   * @param columns columns that they see, of which the first {@code left} are zeros
   */
  record Seen(float[] x, int from, int h, int w, int c, int top, int left, int rows, int columns) {
    /** Where a pixel lies, or a negative number where zeros are. */
    private int at(int row, int column) {
      int i = row - top;
      int j = column - left;
      return i < 0 || i >= h || j < 0 || j >= w ? -1 : from + (i * w + j) * c;
    }

    private boolean alike(int row, int column, boolean above) {
      int a = at(row, column);
      int b = above ? at(row - 1, column) : at(row, column - 1);
      if (a >= 0 && b >= 0) {
        // Most pixels differ at once, and a call costs more than two looks.
        return x[a] == x[b]
            && x[a + c - 1] == x[b + c - 1]
            && Arrays.equals(x, a, a + c, x, b, b + c);
      }
      return (a < 0 || isZero(a)) && (b < 0 || isZero(b));
    }

    private boolean isZero(int pixel) {
      for (int i = pixel; i < pixel + c; i++) {
        if (x[i] != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Finds the equal results of an image. */
  void find(int image, Seen in, Scratch scratch) {
    int[] runs = scratch.ints(Scratch.RUNS, 2 * in.rows * in.columns);
    flat[image] = any(in, runs);
    if (!flat[image]) {
      return;
    }
    for (int row = 0; row < in.rows; row++) {
      runs(in, row, false, runs);
      if (row > 0) {
        runs(in, row, true, runs);
      }
    }
    int wide = in.columns - SIDE + 1;
    int to = image * pixels;
    for (int i = 0; i < pixels; i++) {
      int row = i / wide;
      int column = i % wide;
      first[to + i] = i;
      if (column > 0 && patch(in, runs, row, column, 0)) {
        join(to, i, i - 1);
      }
      if (row > 0 && patch(in, runs, row, column, in.rows)) {
        join(to, i, i - wide);
      }
    }
    for (int i = 0; i < pixels; i++) {
      first[to + i] = first[to + first[to + i]];
    }
  }

  /** Whether any result is equal to a neighbor: a look at every third row tells. */
  private static boolean any(Seen in, int[] runs) {
    boolean any = false;
    for (int row = SIDE - 1; row < in.rows && !any; row += SIDE) {
      any = runs(in, row, false, runs) >= SIDE;
    }
    for (int row = SIDE; row < in.rows && !any; row += SIDE) {
      any = runs(in, row, true, runs) >= SIDE;
    }
    return any;
  }

  /** How many pixels up to each of a row are alike; gives the longest run. */
  private static int runs(Seen in, int row, boolean above, int[] runs) {
    int at = (above ? in.rows + row : row) * in.columns;
    int run = 0;
    int longest = 0;
    for (int j = 0; j < in.columns; j++) {
      run = (above || j > 0) && in.alike(row, j, above) ? run + 1 : 0;
      runs[at + j] = run;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** Whether all of a patch is alike, by the runs that begin with row {@code from}. */
  private static boolean patch(Seen in, int[] runs, int row, int column, int from) {
    boolean alike = true;
    for (int r = 0; r < SIDE; r++) {
      alike &= runs[(from + row + r) * in.columns + column + SIDE - 1] >= SIDE;
    }
    return alike;
  }

  private void join(int at, int i, int j) {
    int a = root(at, i);
    int b = root(at, j);
    first[at + Math.max(a, b)] = Math.min(a, b);
  }

  private int root(int at, int i) {
    int root = i;
    while (first[at + root] != root) {
      root = first[at + root];
    }
    return root;
  }
}
