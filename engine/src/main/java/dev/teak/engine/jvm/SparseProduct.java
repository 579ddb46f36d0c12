package dev.teak.engine.jvm;

import dev.teak.engine.backend.SparseMatrix;
import java.util.Arrays;

/**
 * A sparse matrix times the middle axis of {@code [outer, columns, inner]}. A row of the result is
 * summed by one thread, in the order of the matrix's entries.
 */
final class SparseProduct {
  private final Workers workers;

  SparseProduct(Workers workers) {
    this.workers = workers;
  }

  void run(SparseMatrix m, float[] x, int outer, int inner, float[] y) {
    float[] weights = new float[m.size()];
    for (int e = 0; e < weights.length; e++) {
      weights[e] = (float) m.weights()[e];
    }
    int rows = m.rows();
    workers.ranges(
        outer * rows,
        Math.max(1, Elementwise.GRAIN / Math.max(1, inner)),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int r = row % rows;
            int line = row / rows * m.columns() * inner;
            row(m, r, weights, x, line, y, row * inner, inner);
          }
        });
  }

  private static void row(
      SparseMatrix m, int r, float[] weights, float[] x, int line, float[] y, int at, int n) {
    int[] places = m.places();
    int end = m.starts()[r + 1];
    int e = m.starts()[r];
    if (e == end) {
      Arrays.fill(y, at, at + n, 0);
      return;
    }
    if (end - e == 1) {
      scaled(weights[e], x, line + places[e] * n, y, at, n);
      return;
    }
    blend(weights[e], x, line + places[e] * n, weights[e + 1], line + places[e + 1] * n, y, at, n);
    for (e += 2; e < end; e++) {
      Loops.axpy(weights[e], x, line + places[e] * n, y, at, n);
    }
  }

  private static void scaled(float v, float[] x, int from, float[] y, int at, int n) {
    if (v == 1) {
      System.arraycopy(x, from, y, at, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      y[at + i] = v * x[from + i];
    }
  }

  private static void blend(
      float v, float[] x, int from, float w, int next, float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      y[at + i] = v * x[from + i] + w * x[next + i];
    }
  }
}
