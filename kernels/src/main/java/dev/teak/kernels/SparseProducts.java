package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.SparseMatrix;

/** Launches the kernel of {@code sparse.cl}. */
final class SparseProducts {
  private final OpenClDevice device;
  private final Operands operands;

  SparseProducts(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  /**
   * As {@link dev.teak.engine.backend.FusedImage#resample}.
   *
   * @param table the matrix's starts, and behind them its places
   * @param weights its weights
   */
  void run(
      SparseMatrix m, Buffer table, Buffer weights, Buffer x, int outer, int inner, Buffer out) {
    OpenClBuffer entries = operands.ints("resample", "table", table, m.rows() + 1L + m.size());
    OpenClBuffer values = operands.reals("resample", "weights", weights, m.size());
    OpenClBuffer from = operands.reals("resample", "input", x, (long) outer * m.columns() * inner);
    OpenClBuffer to = operands.reals("resample", "output", out, (long) outer * m.rows() * inner);
    // Neighbouring items of a GPU take neighbouring elements; a processor takes rows as they are.
    int width = device.traits().processor() ? Math.max(1, inner) : 1;
    long pieces = inner == 0 ? 0 : (long) outer * m.rows() * (inner / width);
    device.flat(
        Kernel.pass("sparse_product"),
        pieces,
        device.traits().smallBlock(pieces),
        new Object[] {entries, values, from, to},
        m.rows(),
        m.columns(),
        inner,
        width);
  }
}
