package dev.teak.engine.jvm;

/**
 * Sums down the columns of rows {@code [rows, inner]}, kept in double precision: a float sum of
 * 65,536 rows has lost its last five digits. Narrow rows are taken some beside each other, so that
 * they fill vectors.
 */
final class ColumnSums {
  /** Columns that fill every vector; rows of up to {@link #NARROW} are joined until they do. */
  private static final int WIDE = 16;

  private static final int NARROW = 64;

  private ColumnSums() {}

  /** Adds some sums of rows of {@code width} elements, the first at {@code from}, to arrays. */
  interface Kernel {
    void add(int from, int rows, int width);
  }

  /** Rows of {@code inner} that are taken for one. */
  static int beside(int inner) {
    int rows = 1;
    while (inner <= NARROW && rows * inner % WIDE != 0) {
      rows *= 2;
    }
    return rows;
  }

  /** Room for sums of a kernel that is run by {@link #run}. */
  static double[] room(int inner) {
    return new double[beside(inner) * inner];
  }

  /** What has one value a column, for a kernel that is run by {@link #run}. */
  static float[] repeated(float[] values, int inner) {
    float[] wide = new float[beside(inner) * inner];
    for (int row = 0; row < wide.length; row += inner) {
      System.arraycopy(values, 0, wide, row, inner);
    }
    return wide;
  }

  /** Runs a kernel over rows that begin at element {@code from}. */
  static void run(int from, int rows, int inner, Kernel kernel) {
    int beside = beside(inner);
    int whole = rows / beside;
    kernel.add(from, whole, inner * beside);
    kernel.add(from + whole * inner * beside, rows % beside, inner);
  }

  /** Adds what a kernel left in its room to the columns that begin at {@code at}. */
  static void fold(double[] room, int inner, double[] to, int at) {
    for (int row = 0; row < room.length; row += inner) {
      for (int i = 0; i < inner; i++) {
        to[at + i] += room[row + i];
      }
    }
  }
}
