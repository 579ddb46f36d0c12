package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.MatMulGeometry;

/** Matrix products: checks their operands and sees to empty ones. */
final class MatrixProducts {
  private final Operands operands;
  private final Products products;
  private final Elementwise elementwise;

  MatrixProducts(Operands operands, Products products, Elementwise elementwise) {
    this.operands = operands;
    this.products = products;
    this.elementwise = elementwise;
  }

  void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out) {
    long inA = (long) g.m() * g.k() * (g.sharedA() ? Math.min(1, g.batch()) : g.batch());
    long inB = (long) g.k() * g.n() * (g.sharedB() ? Math.min(1, g.batch()) : g.batch());
    long size = (long) g.batch() * g.m() * g.n();
    OpenClBuffer x = operands.reals("matmul", "a", a, inA);
    OpenClBuffer y = operands.reals("matmul", "b", b, inB);
    OpenClBuffer o = operands.reals("matmul", "output", out, size);
    if (size > 0 && g.k() == 0) {
      elementwise.fill(out, 0);
    } else if (size > 0) {
      products.matmul(g, x, y, o);
    }
  }
}
