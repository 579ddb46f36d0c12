package dev.teak.engine.jvm;

import dev.teak.engine.backend.SparseMatrix;
import java.util.Arrays;

/**
 * A sparse matrix times the middle axis of {@code [outer, columns, inner]}. A row of the result is
 * summed by one thread, in the order of the matrix's entries.
 */
final class SparseProduct {
  private final Loops loops;
  private final Workers workers;

  SparseProduct(Loops loops, Workers workers) {
    this.loops = loops;
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
            int at = row * inner;
            if (m.starts()[r] == m.starts()[r + 1]) {
              Arrays.fill(y, at, at + inner, 0);
            } else {
              int line = row / rows * m.columns() * inner;
              loops.weighted(m, r, weights, x, line, inner, y, at, inner);
            }
          }
        });
  }
}
