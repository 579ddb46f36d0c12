package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;

/** Launches the kernels of {@code elementwise.cl} and {@code random.cl}. */
final class Elementwise {
  private static final String FAMILY = "elementwise";
  private final OpenClDevice device;
  private final Operands operands;

  Elementwise(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  /**
   * Launches a flat kernel: one that takes, after its {@code first} arguments, the number of
   * elements and how many of them an item walks.
   */
  static void flat(
      OpenClDevice device,
      String family,
      String kernel,
      long n,
      int block,
      Object[] first,
      Object... rest) {
    Object[] args = new Object[first.length + 2 + rest.length];
    System.arraycopy(first, 0, args, 0, first.length);
    args[first.length] = (int) n;
    args[first.length + 1] = block;
    System.arraycopy(rest, 0, args, first.length + 2, rest.length);
    long items = (n + block - 1) / block;
    device.launch(family, kernel, items, device.traits().flatGroup(), args);
  }

  private void flat(String kernel, long n, Object[] first, Object... rest) {
    flat(device, FAMILY, kernel, n, device.traits().block(n), first, rest);
  }

  void fill(Buffer out, double value) {
    OpenClBuffer o = operands.any("fill", "output", out, 0);
    switch (o.dtype()) {
      case FLOAT32 -> flat("fill_float", o.size(), new Object[] {o, (float) value});
      case INT32 -> flat("fill_int", o.size(), new Object[] {o, (int) value});
      case UINT8 -> flat("fill_uchar", o.size(), new Object[] {o, (byte) (int) value});
      case FLOAT64 -> throw new IllegalArgumentException("fill: FLOAT64 is not a type of OpenCL's");
    }
  }

  void unary(UnaryFunction f, Buffer x, Buffer out) {
    OpenClBuffer o = operands.floats(f.name(), "output", out, 0);
    OpenClBuffer in = operands.floats(f.name(), "input", x, o.size());
    flat("unary_" + f, o.size(), new Object[] {in, o});
  }

  void scalar(BinaryFunction f, Buffer x, double value, Buffer out) {
    OpenClBuffer o = operands.floats(f.name(), "output", out, 0);
    OpenClBuffer in = operands.floats(f.name(), "input", x, o.size());
    flat("scalar_" + f, o.size(), new Object[] {in, (float) value, o});
  }

  void where(Buffer condition, Buffer a, Buffer b, Buffer out) {
    OpenClBuffer o = operands.floats("where", "output", out, 0);
    Object[] args = {
      operands.floats("where", "condition", condition, o.size()),
      operands.floats("where", "a", a, o.size()),
      operands.floats("where", "b", b, o.size()),
      o
    };
    flat("where_float", o.size(), args);
  }

  void oneHot(Buffer labels, int classes, Buffer out) {
    OpenClBuffer l = operands.ints("oneHot", "labels", labels, 0);
    long n = (long) l.size() * classes;
    OpenClBuffer o = operands.floats("oneHot", "output", out, n);
    flat("one_hot", n, new Object[] {l, classes, o});
  }

  void binary(
      BinaryFunction f,
      Buffer a,
      Shape aShape,
      Buffer b,
      Shape bShape,
      Buffer out,
      Shape outShape) {
    OpenClBuffer x = operands.floats(f.name(), "a", a, aShape.size());
    OpenClBuffer y = operands.floats(f.name(), "b", b, bShape.size());
    OpenClBuffer o = operands.floats(f.name(), "output", out, outShape.size());
    if (!aShape.broadcastsTo(outShape) || !bShape.broadcastsTo(outShape)) {
      throw new IllegalArgumentException(
          f + ": shapes " + aShape + " and " + bShape + " do not broadcast to " + outShape);
    }
    if (outShape.size() == 0) {
      return;
    }
    if (aShape.size() == outShape.size() && bShape.size() == outShape.size()) {
      flat("binary_" + f, outShape.size(), new Object[] {x, y, o});
      return;
    }
    int[] aStrides = broadcastStrides(aShape, outShape.rank());
    int[] bStrides = broadcastStrides(bShape, outShape.rank());
    Strides walk = Strides.joined(outShape.dims(), aStrides, bStrides);
    walk.forEachPart(
        (part, aAt, bAt, outAt) ->
            flat(
                "strided_" + f,
                part.size(),
                new Object[] {x, y, o},
                part.rank(),
                part.dims8(),
                part.a8(),
                part.b8(),
                aAt,
                bAt,
                outAt));
  }

  /** Row-major strides, 0 along axes that are stretched. */
  private static int[] broadcastStrides(Shape shape, int rank) {
    int[] own = shape.strides();
    int[] strides = new int[rank];
    int missing = rank - shape.rank();
    for (int i = 0; i < own.length; i++) {
      strides[missing + i] = shape.dim(i) == 1 ? 0 : own[i];
    }
    return strides;
  }

  void copy(Buffer src, Buffer out, StridedCopy how) {
    OpenClBuffer from = operands.any("copy", "source", src, 0);
    OpenClBuffer to = operands.any("copy", "destination", out, 0);
    if (from.dtype() != to.dtype()) {
      throw new IllegalArgumentException(
          "copy: source holds "
              + from.dtype()
              + ", destination "
              + to.dtype()
              + ": expects equal types");
    }
    for (int dim : how.dims()) {
      if (dim <= 0) {
        return;
      }
    }
    Strides.requireInside(
        "copy: source", how.dims(), how.srcStrides(), how.srcOffset(), from.size());
    Strides.requireInside(
        "copy: destination", how.dims(), how.dstStrides(), how.dstOffset(), to.size());
    String kernel = from.dtype() == DType.UINT8 ? "copy_uchar" : "copy_uint";
    Strides walk = Strides.joined(how.dims(), how.srcStrides(), how.dstStrides());
    walk.forEachPart(
        (part, srcAt, dstAt, ignored) ->
            flat(
                kernel,
                part.size(),
                new Object[] {from, to},
                part.rank(),
                part.dims8(),
                part.a8(),
                part.b8(),
                how.srcOffset() + srcAt,
                how.dstOffset() + dstAt));
  }

  void uniform(long key, long start, Buffer out) {
    OpenClBuffer o = operands.floats("uniform", "output", out, 0);
    if (start < 0 || start % 4 != 0) {
      throw new IllegalArgumentException(
          "uniform: start " + start + ": expects a multiple of 4, 0 or more");
    }
    long blocks = (o.size() + 3L) / 4;
    flat(
        device,
        "random",
        "philox_uniform",
        blocks,
        device.traits().block(blocks),
        new Object[] {o, o.size()},
        (int) key,
        (int) (key >>> 32),
        start / 4);
  }
}
