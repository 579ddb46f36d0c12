package dev.teak.engine.jvm;

import dev.teak.engine.jvm.MatMul.Product;
import java.util.Arrays;

/**
 * Products whose result has a few rows or one column: bound by reading the large operand once, so
 * it is read where it lies.
 */
final class ThinMatMul {
  private static final int ROWS = 4;

  /** Columns a task works on: its slice of the result stays in L1. */
  private static final int SLICE = 1024;

  /** Dot products a task does. */
  private static final int DOTS = 64;

  private final Loops loops;
  private final Workers workers;

  ThinMatMul(Loops loops, Workers workers) {
    this.loops = loops;
    this.workers = workers;
  }

  boolean takes(Product x) {
    return x.m() <= ROWS && !x.transposeA() || column(x);
  }

  /** A matrix times a vector. */
  private static boolean column(Product x) {
    return x.n() == 1 && !x.transposeA();
  }

  void run(Product x) {
    if (column(x)) {
      // As a row: c' = b' A', which is A stored transposed.
      x = new Product(1, x.m(), x.k(), false, true, x.b(), x.bo(), x.a(), x.ao(), x.c(), x.co());
    }
    Product row = x;
    if (row.transposeB()) {
      workers.ranges(row.n(), DOTS, (from, to) -> dots(row, from, to));
    } else {
      workers.ranges(row.n(), SLICE, (from, to) -> slice(row, from, to));
    }
  }

  private void dots(Product x, int from, int to) {
    for (int j = from; j < to; j++) {
      for (int i = 0; i < x.m(); i++) {
        x.c()[x.co() + i * x.n() + j] =
            loops.dot(x.a(), x.ao() + i * x.k(), x.b(), x.bo() + j * x.k(), x.k());
      }
    }
  }

  private void slice(Product x, int from, int to) {
    for (int i = 0; i < x.m(); i++) {
      int row = x.co() + i * x.n();
      Arrays.fill(x.c(), row + from, row + to, 0);
    }
    for (int k = 0; k < x.k(); k++) {
      for (int i = 0; i < x.m(); i++) {
        float v = x.a()[x.ao() + i * x.k() + k];
        int at = x.bo() + k * x.n() + from;
        Loops.axpy(v, x.b(), at, x.c(), x.co() + i * x.n() + from, to - from);
      }
    }
  }
}
