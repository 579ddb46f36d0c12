package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
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

  void argSort(Buffer x, int outer, int extent, int inner, int k, boolean descending, Buffer out) {
    long size = (long) outer * extent * inner;
    OpenClBuffer in = operands.reals("argSort", "input", x, size);
    OpenClBuffer places = operands.ints("argSort", "output", out, (long) outer * k * inner);
    if (k < 0 || k > extent) {
      throw new IllegalArgumentException("argSort: " + k + " of " + extent + " elements");
    }
    if (outer == 0 || inner == 0 || k == 0) {
      return;
    }
    int padded = extent == 1 ? 1 : 2 * Integer.highestOneBit(extent - 1);
    long all = (long) outer * inner * padded;
    OpenClBuffer network = device.memory().allocate(DType.INT32, Shape.extent("argSort", all));
    flat("sort_begin", all, new Object[] {network}, padded);
    for (int span = 2; span <= padded && span > 0; span *= 2) {
      for (int distance = span / 2; distance > 0; distance /= 2) {
        int down = descending ? 1 : 0;
        Object[] buffers = {in, network};
        flat("sort_pass", all / 2, buffers, extent, inner, padded, span, distance, down);
      }
    }
    flat("sort_end", (long) outer * k * inner, new Object[] {network, places}, inner, padded, k);
    network.release();
  }

  private void flat(String kernel, long n, Object[] buffers, Object... rest) {
    device.flat(Kernel.pass(kernel), n, device.traits().block(n), buffers, rest);
  }

  void cumSum(Buffer x, int outer, int extent, int inner, Buffer out) {
    OpenClBuffer in = operands.reals("cumSum", "input", x, (long) outer * extent * inner);
    OpenClBuffer to = operands.reals("cumSum", "output", out, (long) outer * extent * inner);
    long lines = extent == 0 ? 0 : (long) outer * inner;
    int block = device.traits().smallBlock(lines);
    device.flat(Kernel.pass("cum_sum"), lines, block, new Object[] {in, to}, extent, inner);
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
