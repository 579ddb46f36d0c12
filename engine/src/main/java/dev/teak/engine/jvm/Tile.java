package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * The register tile that every matrix product and convolution ends in: {@link #ROWS} x {@link
 * #columns} sums. It adds to a tile of its own, row after row without gaps, so that the inner loop
 * needs few addresses: with more of them C2 may keep some in memory, by chance, and is then half as
 * fast. This class is plain loops; {@link VectorTile} keeps the sums in registers.
 *
 * <p>Three walks over the operands, for k = 0..depth-1 and rows i:
 *
 * <pre>
 *   rows      A[i aRow + k]             B[k columns + j]   rows of A as they lie, B packed
 *   strided   A[k aStep + i]            B[k bStep + j]     8 neighbours of A a step
 *   gathered  A[rowAt[i] + stepAt[k]]   B[k bStep + j]     A from anywhere
 * </pre>
 */
class Tile {
  /** Rows of a tile. */
  static final int ROWS = 8;

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
   * t = from + rows of A, {@code aRow} apart, times B.
   *
   * @param from what the sums begin with; may be t itself
   */
  void rows(
      int depth,
      float[] a,
      int ao,
      int aRow,
      float[] b,
      int bo,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int columns = columns();
    System.arraycopy(from, fo, t, to, size());
    for (int i = 0; i < ROWS; i++) {
      row(depth, a, ao + i * aRow, 1, null, b, bo, columns, t, to + i * columns, columns);
    }
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

  /** A tile of zeros to begin with; not to be written. */
  final float[] zeros() {
    return zeros;
  }

  /** t = 0. */
  final void clear(float[] t, int to) {
    Arrays.fill(t, to, to + size(), 0);
  }

  /** Writes what of the tile is inside the result: c = t. */
  void put(float[] t, float[] c, int co, int cRow, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(t, i * columns(), c, co + i * cRow, columns);
    }
  }

  /** Adds what of the tile is inside the result: c += t. */
  final void add(float[] t, float[] c, int co, int cRow, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      int from = i * columns();
      int to = co + i * cRow;
      for (int j = 0; j < columns; j++) {
        c[to + j] += t[from + j];
      }
    }
  }
}
