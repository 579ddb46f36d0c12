package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;

/** Launches the kernels of {@code elementwise.cl}, {@code integer.cl} and {@code random.cl}. */
final class Elementwise {
  private final OpenClDevice device;
  private final Operands operands;

  Elementwise(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  private void flat(String kernel, long n, Object[] first, Object... rest) {
    device.flat(Kernel.pass(kernel), n, device.traits().block(n), first, rest);
  }

  void fill(Buffer out, double value) {
    OpenClBuffer o = operands.any("fill", "output", out, 0);
    Object element =
        switch (o.dtype()) {
          case FLOAT32, FLOAT64 -> value;
          case INT32 -> (int) value;
          case UINT8 -> (byte) (int) value;
        };
    flat("fill_" + type(o.dtype()), o.size(), new Object[] {o, element});
  }

  void unary(UnaryFunction f, Buffer x, Buffer out) {
    OpenClBuffer o = operands.reals(f.name(), "output", out, 0);
    OpenClBuffer in = operands.reals(f.name(), "input", x, o.size());
    flat("unary_" + f, o.size(), new Object[] {in, o});
  }

  void scalar(BinaryFunction f, Buffer x, double value, Buffer out) {
    OpenClBuffer o = operands.reals(f.name(), "output", out, 0);
    OpenClBuffer in = operands.reals(f.name(), "input", x, o.size());
    flat("scalar_" + f, o.size(), new Object[] {in, value, o});
  }

  void binary(IntFunction f, Buffer a, Buffer b, Buffer out) {
    OpenClBuffer o = operands.ints(f.name(), "output", out, 0);
    OpenClBuffer x = operands.ints(f.name(), "a", a, o.size());
    OpenClBuffer y = operands.ints(f.name(), "b", b, o.size());
    flat("int_" + f, o.size(), new Object[] {x, y, o});
  }

  void cast(Buffer x, Buffer out) {
    OpenClBuffer o = operands.any("cast", "output", out, 0);
    OpenClBuffer in = operands.any("cast", "input", x, o.size());
    if (o.dtype() == in.dtype()) {
      throw new IllegalArgumentException("cast: " + o.dtype() + " to itself, expects two types");
    }
    String kernel = "cast_" + type(in.dtype()) + "_" + type(o.dtype());
    flat(kernel, o.size(), new Object[] {in, o});
  }

  private static String type(DType type) {
    return switch (type) {
      case FLOAT32, FLOAT64 -> "real";
      case INT32 -> "int";
      case UINT8 -> "uchar";
    };
  }

  void where(Buffer condition, Buffer a, Buffer b, Buffer out) {
    OpenClBuffer o = operands.reals("where", "output", out, 0);
    Object[] args = {
      operands.reals("where", "condition", condition, o.size()),
      operands.reals("where", "a", a, o.size()),
      operands.reals("where", "b", b, o.size()),
      o
    };
    flat("where_real", o.size(), args);
  }

  void oneHot(Buffer labels, int classes, Buffer out) {
    OpenClBuffer l = operands.ints("oneHot", "labels", labels, 0);
    long n = (long) l.size() * classes;
    OpenClBuffer o = operands.reals("oneHot", "output", out, n);
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
    OpenClBuffer x = operands.reals(f.name(), "a", a, aShape.size());
    OpenClBuffer y = operands.reals(f.name(), "b", b, bShape.size());
    OpenClBuffer o = operands.reals(f.name(), "output", out, outShape.size());
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

  /** out = g where y is above 0, else 0. */
  void reluGrad(Buffer y, Buffer g, Buffer out) {
    Shape n = Shape.of(out.size());
    binary(BinaryFunction.RELU_GRAD, y, n, g, n, out, n);
  }

  void copy(Buffer src, Buffer out, StridedCopy how) {
    OpenClBuffer from = operands.any("copy", "source", src, 0);
    OpenClBuffer to = operands.any("copy", "destination", out, 0);
    Operands.sameType("copy", from, to);
    for (int dim : how.dims()) {
      if (dim <= 0) {
        return;
      }
    }
    Strides.requireInside(
        "copy: source", how.dims(), how.srcStrides(), how.srcOffset(), from.size());
    Strides.requireInside(
        "copy: destination", how.dims(), how.dstStrides(), how.dstOffset(), to.size());
    String kernel = "copy_" + bits(from.dtype());
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

  /** What elements are moved as, whatever they mean. */
  static String bits(DType type) {
    return switch (type) {
      case UINT8 -> "uchar";
      case INT32, FLOAT32 -> "uint";
      case FLOAT64 -> "ulong";
    };
  }

  void uniform(long key, long start, Buffer out) {
    OpenClBuffer o = operands.reals("uniform", "output", out, 0);
    if (start < 0 || start % 4 != 0) {
      throw new IllegalArgumentException(
          "uniform: start " + start + ": expects a multiple of 4, 0 or more");
    }
    long blocks = (o.size() + 3L) / 4;
    device.flat(
        Kernel.pass("philox_uniform"),
        blocks,
        device.traits().block(blocks),
        new Object[] {o, o.size()},
        (int) key,
        (int) (key >>> 32),
        start / 4);
  }
}
