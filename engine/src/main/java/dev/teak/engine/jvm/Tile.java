package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * The register tile that every matrix product and convolution ends in: {@link #ROWS} x {@link
 * #columns} sums. It adds to a tile of its own, row after row without gaps, so that the inner loop
 * needs few addresses: with more of them C2 may keep some in memory, by chance, and is then half as
 * fast. This class is plain loops; {@link VectorTile} keeps the sums in registers.
 *
 * <p>Four walks over the operands, for k = 0..depth-1 and rows i:
 *
 * <pre>
 *   strips    A[k / STRIP][i][k % STRIP]   B[k columns + j]   A in strips, B in panels
 *   strided   A[k aStep + i]               B[k bStep + j]     8 neighbours of A a step
 *   gathered  A[rowAt[i] + stepAt[k]]      B[k bStep + j]     A from anywhere
 *   spaced    A[SPACE i + stepAt[k]]       B[k bStep + j]     rows of A at one distance
 * </pre>
 *
 * <p>Strips are what is fast: the rows lie at constant distances, so that a step needs one address
 * for all of A, and a row of a matrix goes into them a vector at a time.
 */
class Tile {
  /** Rows of a tile. */
  static final int ROWS = 8;

  /** Neighbouring elements of a row in a strip: a cache line. */
  static final int STRIP = 16;

  /**
   * Distance of a tile's rows in a spaced walk: what the inputs of a first layer's outputs need.
   */
  static final int SPACE = 8;

  /** How far strips lie apart that hold a tile's rows and nothing else. */
  static final int STRIP_STEP = ROWS * STRIP;

  /** Depth of a panel that is walked at once: 128 x 32 floats are 16 KiB, half of L1. */
  static final int BLOCK_DEPTH = 128;

  private static final int[] SPACED = new int[ROWS];

  static {
    Arrays.setAll(SPACED, i -> i * SPACE);
  }

  private final float[] zeros = new float[size()];

  /** Columns of a tile. */
  int columns() {
    return 32;
  }

  /** Elements of a tile. */
  final int size() {
    return ROWS * columns();
  }

  /**
   * t = from + A B.
   *
   * @param depth even
   * @param aStep from one strip of A to the next
   * @param from what the sums begin with; may be t itself
   */
  void strips(
      int depth,
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int columns = columns();
    System.arraycopy(from, fo, t, to, size());
    for (int k = 0; k < depth; k += STRIP) {
      int steps = Math.min(STRIP, depth - k);
      for (int i = 0; i < ROWS; i++) {
        int at = ao + k / STRIP * aStep + i * STRIP;
        row(steps, a, at, 1, null, b, bo + k * columns, columns, t, to + i * columns, columns);
      }
    }
  }

  /** Floats that a tile's rows take in strips. */
  static int stripped(int depth) {
    return (depth + STRIP - 1) / STRIP * STRIP * ROWS;
  }

  /** t += A transposed, {@code aStep} between its steps, times B, {@code bStep} between its. */
  void strided(
      int depth, float[] a, int ao, int aStep, float[] b, int bo, int bStep, float[] t, int to) {
    int columns = columns();
    for (int i = 0; i < ROWS; i++) {
      row(depth, a, ao + i, aStep, null, b, bo, bStep, t, to + i * columns, columns);
    }
  }

  /** t = from + A, its elements where the two tables say, times B. */
  void gathered(
      int depth,
      float[] a,
      int ao,
      int[] rowAt,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int columns = columns();
    System.arraycopy(from, fo, t, to, size());
    for (int i = 0; i < ROWS; i++) {
      row(depth, a, ao + rowAt[i], 0, stepAt, b, bo, bStep, t, to + i * columns, columns);
    }
  }

  /** t = from + A, its elements where the table says and {@link #SPACE} apart, times B. */
  void spaced(
      int depth,
      float[] a,
      int ao,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] from,
      int fo,
      float[] t,
      int to) {
    gathered(depth, a, ao, SPACED, stepAt, b, bo, bStep, from, fo, t, to);
  }

  /** A row of the tile, four steps at a time, so that its sums are loaded and stored less often. */
  private static void row(
      int depth,
      float[] a,
      int ao,
      int aStep,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] t,
      int to,
      int columns) {
    int k = 0;
    for (; k <= depth - 4; k += 4, bo += 4 * bStep) {
      float v0 = a[ao + (stepAt == null ? k * aStep : stepAt[k])];
      float v1 = a[ao + (stepAt == null ? (k + 1) * aStep : stepAt[k + 1])];
      float v2 = a[ao + (stepAt == null ? (k + 2) * aStep : stepAt[k + 2])];
      float v3 = a[ao + (stepAt == null ? (k + 3) * aStep : stepAt[k + 3])];
      int b1 = bo + bStep;
      int b2 = b1 + bStep;
      int b3 = b2 + bStep;
      for (int j = 0; j < columns; j++) {
        t[to + j] += v0 * b[bo + j] + v1 * b[b1 + j] + (v2 * b[b2 + j] + v3 * b[b3 + j]);
      }
    }
    for (; k < depth; k++, bo += bStep) {
      Loops.axpy(a[ao + (stepAt == null ? k * aStep : stepAt[k])], b, bo, t, to, columns);
    }
  }

  /**
   * The products of a block: {@code groups} tiles of rows in strips, by some panels of B, {@code
   * panelStep} apart. Strips and sums begin at {@link Scratch#START}; of each panel, the tiles of
   * all groups follow one another.
   *
   * @param depth even, at most {@link #BLOCK_DEPTH}
   * @param from what the sums begin with: of each panel a tile, {@code fromStep} apart; null where
   *     they go on
   */
  final void block(
      int depth,
      int groups,
      float[] strips,
      float[] b,
      int bo,
      int panelStep,
      int panels,
      float[] from,
      int fo,
      int fromStep,
      float[] sums) {
    int t = Scratch.START;
    for (int panel = 0; panel < panels; panel++) {
      int a = Scratch.START;
      for (int i = 0; i < groups; i++, a += stripped(depth), t += size()) {
        if (from == null) {
          strips(depth, strips, a, STRIP_STEP, b, bo + panel * panelStep, sums, t, sums, t);
        } else {
          int f = fo + panel * fromStep;
          strips(depth, strips, a, STRIP_STEP, b, bo + panel * panelStep, from, f, sums, t);
        }
      }
    }
  }

  /**
   * Packs rows of A, {@code aRow} apart, into strips; rows and steps that are not there as zeros.
   */
  void packRows(float[] a, int ao, int aRow, int rows, int depth, float[] strips, int to) {
    if (rows < ROWS || depth % STRIP != 0) {
      Arrays.fill(strips, to, to + stripped(depth), 0);
    }
    for (int k = 0; k < depth; k += STRIP) {
      int count = Math.min(STRIP, depth - k);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(a, ao + i * aRow + k, strips, to + k * ROWS + i * STRIP, count);
      }
    }
  }

  /** Copies {@code n} elements; up to 15 behind them in {@code to} may change. */
  void copy(float[] a, int from, int n, float[] to, int at) {
    System.arraycopy(a, from, to, at, n);
  }

  /** Packs columns of B, {@code bRow} between its steps, into a panel; missing ones as zeros. */
  void packPanel(float[] b, int bo, int bRow, int valid, int depth, float[] panel, int to) {
    int columns = columns();
    for (int k = 0; k < depth; k++) {
      System.arraycopy(b, bo + k * bRow, panel, to + k * columns, valid);
      Arrays.fill(panel, to + k * columns + valid, to + (k + 1) * columns, 0);
    }
  }

  /**
   * Packs columns of a matrix whose transpose lies at {@code bo}, its rows {@code bRow} apart;
   * missing ones as zeros.
   */
  final void packPanelTransposed(
      float[] b, int bo, int bRow, int valid, int depth, float[] panel, int to) {
    int columns = columns();
    if (valid < columns) {
      Arrays.fill(panel, to, to + depth * columns, 0);
    }
    // A cache line of each row at a time, while the lines it goes to are in L1.
    for (int k0 = 0; k0 < depth; k0 += STRIP) {
      int steps = Math.min(STRIP, depth - k0);
      for (int j = 0; j < valid; j++) {
        int from = bo + j * bRow + k0;
        int at = to + k0 * columns + j;
        for (int k = 0; k < steps; k++) {
          panel[at + k * columns] = b[from + k];
        }
      }
    }
  }

  /**
   * Copies neighbouring groups of {@code n} elements to where they are {@link #SPACE} apart. Those
   * in between, and as many behind the last group, become others of {@code a}, of which there are
   * {@link #STRIP} behind the groups.
   */
  void space(float[] a, int n, int groups, float[] to, int at) {
    for (int i = 0; i < groups; i++, at += SPACE) {
      System.arraycopy(a, i * n, to, at, n);
    }
  }

  /** Copies n elements to pieces of {@link #STRIP}, {@code step} apart, from element k on. */
  void putPieces(float[] a, int from, int n, float[] to, int at, int step, int k) {
    for (int i = 0; i < n; ) {
      int in = (k + i) % STRIP;
      int count = Math.min(STRIP - in, n - i);
      System.arraycopy(a, from + i, to, at + (k + i) / STRIP * step + in, count);
      i += count;
    }
  }

  /** A tile of zeros to begin with; not to be written. */
  final float[] zeros() {
    return zeros;
  }

  /** Writes what of a tile's row is inside the result. */
  void putRow(float[] t, int to, float[] c, int co, int columns) {
    System.arraycopy(t, to, c, co, columns);
  }

  /** Writes what of the tile is inside the result: c = t. */
  void put(float[] t, int to, float[] c, int co, int cRow, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(t, to + i * columns(), c, co + i * cRow, columns);
    }
  }
}
