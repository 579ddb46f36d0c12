package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.MatMulGeometry;

/** Launches the kernels of {@code matmul.cl}: packed tiles on a processor, local tiles on a GPU. */
final class MatrixProducts {
  private static final String FAMILY = "matmul";

  /** Side of a GPU group's tile of the product, and its work-items: as in the kernel file. */
  private static final int GPU_SIDE = 64;

  private static final int GPU_GROUP = 256;

  /** Summed extent that is worked off at once: a panel of B, 32 columns of floats, is 64 KiB. */
  private static final int DEPTH_BLOCK = 512;

  /** Summed extent that one item packs. */
  private static final int PACK_CHUNK = 128;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final Operands operands;

  MatrixProducts(OpenClDevice device, Operands operands) {
    this.device = device;
    this.traits = device.traits();
    this.operands = operands;
  }

  void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out) {
    long inA = (long) g.m() * g.k() * (g.sharedA() ? Math.min(1, g.batch()) : g.batch());
    long inB = (long) g.k() * g.n() * (g.sharedB() ? Math.min(1, g.batch()) : g.batch());
    long size = (long) g.batch() * g.m() * g.n();
    OpenClBuffer x = operands.floats("matmul", "a", a, inA);
    OpenClBuffer y = operands.floats("matmul", "b", b, inB);
    OpenClBuffer o = operands.floats("matmul", "output", out, size);
    if (size == 0) {
      return;
    }
    if (g.k() == 0) {
      Elementwise.flat(
          device, "elementwise", "fill_float", size, traits.block(size), new Object[] {o, 0f});
    } else if (traits.processor()) {
      packed(g, x, y, o);
    } else {
      local(g, x, y, o);
    }
  }

  private void packed(MatMulGeometry g, OpenClBuffer a, OpenClBuffer b, OpenClBuffer out) {
    int rows = rows(g.m());
    int columns = 2 * traits.lanes();
    OpenClBuffer packedA =
        pack(
            a,
            g.sharedA() ? 1 : g.batch(),
            g.m(),
            g.k(),
            rows,
            g.transposeA() ? 1 : g.k(),
            g.transposeA() ? g.m() : 1);
    OpenClBuffer packedB =
        pack(
            b,
            g.sharedB() ? 1 : g.batch(),
            g.n(),
            g.k(),
            columns,
            g.transposeB() ? g.k() : 1,
            g.transposeB() ? 1 : g.n());
    long items = (long) g.batch() * panels(g.m(), rows) * panels(g.n(), columns);
    for (int from = 0; from < g.k(); from += DEPTH_BLOCK) {
      int to = (int) Math.min(g.k(), (long) from + DEPTH_BLOCK);
      device.launch(
          FAMILY,
          "gemm_" + rows,
          items,
          1,
          packedA,
          packedB,
          out,
          Math.toIntExact(items),
          g.m(),
          g.n(),
          g.k(),
          from,
          to,
          from > 0 ? 1 : 0,
          g.sharedA() ? 1 : 0,
          g.sharedB() ? 1 : 0);
    }
    packedB.release();
    packedA.release();
  }

  /** Rows of a register tile: what the registers hold, or 4 where the product has no more. */
  private int rows(int m) {
    return m <= 4 ? 4 : traits.lanes() == 16 ? 12 : 6;
  }

  /** Copies {@code batch} matrices of {@code lines} lines into panels of {@code width} lines. */
  private OpenClBuffer pack(
      OpenClBuffer src,
      int batch,
      int lines,
      int depth,
      int width,
      int lineStride,
      int depthStride) {
    int panels = panels(lines, width);
    long size = (long) batch * panels * depth * width;
    if (size > Integer.MAX_VALUE) {
      throw new DeviceException(
          traits.name()
              + ": matmul: an operand packed for it has "
              + size
              + " elements, at most 2^31 - 1 fit: use a smaller batch");
    }
    OpenClBuffer dst = device.memory().allocate(DType.FLOAT32, (int) size);
    int items = batch * panels * ((depth + PACK_CHUNK - 1) / PACK_CHUNK);
    device.launch(
        FAMILY,
        "pack",
        items,
        1,
        src,
        dst,
        items,
        lines,
        depth,
        width,
        panels,
        PACK_CHUNK,
        lineStride,
        depthStride,
        lines * depth);
    return dst;
  }

  private static int panels(int lines, int width) {
    return (lines + width - 1) / width;
  }

  private void local(MatMulGeometry g, OpenClBuffer a, OpenClBuffer b, OpenClBuffer out) {
    if (traits.maxGroup() < GPU_GROUP) {
      throw new DeviceException(
          traits.name()
              + ": matmul: groups may have "
              + traits.maxGroup()
              + " work-items, expects "
              + GPU_GROUP);
    }
    long groups = (long) g.batch() * panels(g.m(), GPU_SIDE) * panels(g.n(), GPU_SIDE);
    device.launch(
        FAMILY,
        "gemm_local",
        groups * GPU_GROUP,
        GPU_GROUP,
        a,
        b,
        out,
        g.m(),
        g.n(),
        g.k(),
        g.transposeA() ? 1 : g.k(),
        g.transposeA() ? g.m() : 1,
        g.strideA(),
        g.transposeB() ? 1 : g.n(),
        g.transposeB() ? g.k() : 1,
        g.strideB());
  }
}
