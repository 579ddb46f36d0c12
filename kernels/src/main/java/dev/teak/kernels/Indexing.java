package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.IndexGeometry;

/** Launches the kernels of {@code index.cl}. */
final class Indexing {
  private final OpenClDevice device;
  private final Operands operands;

  Indexing(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  void gather(IndexGeometry g, Buffer x, Buffer index, Buffer out) {
    OpenClBuffer from = operands.any("gather", "input", x, g.lineSize());
    OpenClBuffer places = operands.ints("gather", "index", index, g.indexSize());
    OpenClBuffer to = operands.any("gather", "output", out, g.size());
    Operands.sameType("gather", from, to);
    String kernel = "gather_" + Elementwise.bits(from.dtype());
    launch(kernel, g, g.size(), device.traits().block(g.size()), from, places, to);
  }

  void scatterAdd(IndexGeometry g, Buffer src, Buffer index, Buffer out) {
    OpenClBuffer from = operands.reals("scatterAdd", "source", src, g.size());
    OpenClBuffer places = operands.ints("scatterAdd", "index", index, g.indexSize());
    OpenClBuffer to = operands.reals("scatterAdd", "output", out, g.lineSize());
    long lines = g.extent() == 0 ? 0 : (long) g.outer() * g.inner();
    launch("scatter_add", g, lines, device.traits().smallBlock(lines), from, places, to);
  }

  private void launch(String kernel, IndexGeometry g, long n, int block, Object... buffers) {
    device.flat(
        Kernel.pass(kernel),
        n,
        block,
        buffers,
        g.extent(),
        g.inner(),
        g.count(),
        g.outerStride(),
        g.countStride(),
        g.innerStride());
  }
}
