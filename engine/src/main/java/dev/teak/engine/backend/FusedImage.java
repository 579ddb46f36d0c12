package dev.teak.engine.backend;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import java.util.Arrays;

/** What is done to images along an axis. Every method has one meaning, given by its default. */
public interface FusedImage {
  private Backend self() {
    return (Backend) this;
  }

  /**
   * out[o, r, i] = the sum of m[r, k] x[o, k, i] over the entries of row r, in their order; 0 where
   * there is none.
   *
   * @param x {@code [outer, m.columns(), inner]}
   * @param out {@code [outer, m.rows(), inner]}
   */
  default void resample(SparseMatrix m, Buffer x, int outer, int inner, Buffer out) {
    Backend b = self();
    int n = m.size();
    Buffer index = b.allocate(DType.INT32, n);
    Buffer weights = b.allocate(b.floatType(), n);
    Buffer picked = b.allocate(b.floatType(), outer * n * inner);
    Shape full = Shape.of(outer, n, inner);
    b.write(index, m.places());
    b.write(weights, m.weights());
    b.gather(new IndexGeometry(outer, m.columns(), inner, n, true, true), x, index, picked);
    b.binary(BinaryFunction.MUL, picked, full, weights, Shape.of(n, 1), picked, full);
    b.write(index, rowOfEach(m));
    b.scatterAdd(new IndexGeometry(outer, m.rows(), inner, n, true, true), picked, index, out);
    b.release(picked);
    b.release(weights);
    b.release(index);
  }

  private static int[] rowOfEach(SparseMatrix m) {
    int[] row = new int[m.size()];
    for (int r = 0; r < m.rows(); r++) {
      Arrays.fill(row, m.starts()[r], m.starts()[r + 1], r);
    }
    return row;
  }
}
