package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * Register tiles at the edge of a result: computed whole on the side, then added where they fit.
 */
final class Tiles {
  private Tiles() {}

  /** Adds a tile of which {@code rows} x {@code columns} are inside the result. */
  static void add(
      Loops loops,
      Taps taps,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cRow,
      int rows,
      int columns,
      float[] edge) {
    int width = loops.columns();
    if (rows == Loops.ROWS && columns == width) {
      loops.tile(taps, a, ao, b, bo, c, co, cRow);
      return;
    }
    Arrays.fill(edge, 0, Loops.ROWS * width, 0);
    loops.tile(taps, a, ao, b, bo, edge, 0, width);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        c[co + i * cRow + j] += edge[i * width + j];
      }
    }
  }
}
