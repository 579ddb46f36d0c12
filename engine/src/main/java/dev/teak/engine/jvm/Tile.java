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
    for (int k = 0; k < depth; k++) {
      for (int i = 0; i < ROWS; i++) {
        row(a[ao + i * aRow + k], b, bo + k * columns, t, to + i * columns, columns);
      }
    }
  }

  /** t += A transposed, {@code aStep} between its steps, times B, {@code bStep} between its. */
  void strided(
      int depth, float[] a, int ao, int aStep, float[] b, int bo, int bStep, float[] t, int to) {
    int columns = columns();
    for (int k = 0; k < depth; k++) {
      for (int i = 0; i < ROWS; i++) {
        row(a[ao + k * aStep + i], b, bo + k * bStep, t, to + i * columns, columns);
      }
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
    for (int k = 0; k < depth; k++) {
      for (int i = 0; i < ROWS; i++) {
        row(a[ao + rowAt[i] + stepAt[k]], b, bo + k * bStep, t, to + i * columns, columns);
      }
    }
  }

  private static void row(float v, float[] b, int bo, float[] t, int to, int columns) {
    for (int j = 0; j < columns; j++) {
      t[to + j] += v * b[bo + j];
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
