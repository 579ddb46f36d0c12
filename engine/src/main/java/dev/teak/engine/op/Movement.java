package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.StridedCopy;
import java.util.Arrays;
import java.util.List;

/**
 * The ops that only move elements: each is one {@link StridedCopy}, and its gradient moves them
 * back.
 */
public final class Movement {
  private Movement() {}

  /** Axes in another order. */
  public record Permute(List<Integer> axes) implements Op {
    static final OpInfo INFO =
        new OpInfo("permute", "x with its axes in another order", "g with its axes put back");

    /** x with output axis i being input axis {@code axes[i]}. */
    public static Tensor apply(Tensor x, int... axes) {
      Shape s = x.shape();
      int[] order = new int[axes.length];
      boolean[] seen = new boolean[s.rank()];
      boolean fits = axes.length == s.rank();
      for (int i = 0; fits && i < axes.length; i++) {
        order[i] = s.axis(axes[i]);
        fits = !seen[order[i]];
        seen[order[i]] = true;
      }
      if (!fits) {
        throw new ShapeException(
            "permute: axes " + Arrays.toString(axes) + " must name every axis of " + s + " once");
      }
      int[] dims = new int[order.length];
      int[] from = new int[order.length];
      int[] strides = s.strides();
      for (int i = 0; i < order.length; i++) {
        dims[i] = s.dim(order[i]);
        from[i] = strides[order[i]];
      }
      Shape out = Shape.of(dims);
      Tensor y = Tensor.allocate(x.device(), x.dtype(), out);
      x.device().copy(x.buffer(), y.buffer(), new StridedCopy(dims, 0, from, 0, out.strides()));
      return Autograd.record(new Permute(Arrays.stream(order).boxed().toList()), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      int[] inverse = new int[axes.size()];
      for (int i = 0; i < inverse.length; i++) {
        inverse[axes.get(i)] = i;
      }
      return new Tensor[] {g.permute(inverse)};
    }
  }

  /** Repeats axes of extent 1. */
  public record BroadcastTo(Shape shape) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "broadcast_to", "x repeated along axes of extent 1", "g summed over what was repeated");

    /** x repeated to {@code shape}. */
    public static Tensor apply(Tensor x, Shape shape) {
      Shape s = x.shape();
      if (!s.broadcastsTo(shape)) {
        throw new ShapeException("broadcastTo: " + s + " does not broadcast to " + shape);
      }
      int[] from = new int[shape.rank()];
      int[] strides = s.strides();
      int lead = shape.rank() - s.rank();
      for (int i = 0; i < s.rank(); i++) {
        from[lead + i] = s.dim(i) == 1 ? 0 : strides[i];
      }
      Tensor y = Tensor.allocate(x.device(), x.dtype(), shape);
      x.device()
          .copy(x.buffer(), y.buffer(), new StridedCopy(shape.dims(), 0, from, 0, shape.strides()));
      return Autograd.record(new BroadcastTo(shape), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {g}; // the engine sums it back to the input's shape
    }
  }

  /** A block of x. */
  public record Slice(List<Integer> starts) implements Op {
    static final OpInfo INFO = new OpInfo("slice", "a block of x", "g with zeros around it");

    /** The block of x that begins at {@code starts} and has shape {@code size}. */
    public static Tensor apply(Tensor x, int[] starts, Shape size) {
      Shape s = x.shape();
      boolean fits = starts.length == s.rank() && size.rank() == s.rank();
      int offset = 0;
      int[] strides = s.strides();
      for (int i = 0; fits && i < starts.length; i++) {
        fits = starts[i] >= 0 && (long) starts[i] + size.dim(i) <= s.dim(i);
        offset += starts[i] * strides[i];
      }
      if (!fits) {
        throw new ShapeException(
            "slice: block "
                + size
                + " at "
                + Arrays.toString(starts)
                + " does not lie within "
                + s);
      }
      Tensor y = Tensor.allocate(x.device(), x.dtype(), size);
      x.device()
          .copy(
              x.buffer(),
              y.buffer(),
              new StridedCopy(size.dims(), offset, strides, 0, size.strides()));
      return Autograd.record(new Slice(Arrays.stream(starts).boxed().toList()), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      Shape from = call.input(0).shape();
      int[] before = new int[starts.size()];
      int[] after = new int[starts.size()];
      for (int i = 0; i < before.length; i++) {
        before[i] = starts.get(i);
        after[i] = from.dim(i) - before[i] - g.shape().dim(i);
      }
      return new Tensor[] {g.pad(before, after, 0)};
    }
  }

  /** x with a constant around it. */
  public record Pad(List<Integer> before) implements Op {
    static final OpInfo INFO =
        new OpInfo("pad", "x with a constant around it", "the block of g where x lies");

    /** x with {@code before[i]} and {@code after[i]} elements of {@code value} added to axis i. */
    public static Tensor apply(Tensor x, int[] before, int[] after, double value) {
      Shape s = x.shape();
      if (before.length != s.rank() || after.length != s.rank()) {
        throw new ShapeException(
            "pad: "
                + Arrays.toString(before)
                + " and "
                + Arrays.toString(after)
                + " must have an entry for each axis of "
                + s);
      }
      int[] dims = s.dims();
      for (int i = 0; i < dims.length; i++) {
        if (before[i] < 0 || after[i] < 0) {
          throw new ShapeException(
              "pad: "
                  + Arrays.toString(before)
                  + " and "
                  + Arrays.toString(after)
                  + " must be 0 or more; slice() cuts");
        }
        dims[i] = Shape.extent("pad", (long) dims[i] + before[i] + after[i]);
      }
      Shape out = Shape.of(dims);
      int[] strides = out.strides();
      int offset = 0;
      for (int i = 0; i < dims.length; i++) {
        offset += before[i] * strides[i];
      }
      Tensor y = Tensor.allocate(x.device(), x.dtype(), out);
      x.device().fill(y.buffer(), value);
      x.device()
          .copy(x.buffer(), y.buffer(), new StridedCopy(s.dims(), 0, s.strides(), offset, strides));
      return Autograd.record(new Pad(Arrays.stream(before).boxed().toList()), y, x);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      int[] starts = before.stream().mapToInt(Integer::intValue).toArray();
      return new Tensor[] {g.slice(starts, call.input(0).shape())};
    }
  }

  /** Tensors one behind the other along an axis. */
  public record Concat(int axis) implements Op {
    static final OpInfo INFO =
        new OpInfo("concat", "the inputs one behind the other along an axis", "the blocks of g");

    /** The parts joined along {@code axis}; all other extents must agree. */
    public static Tensor apply(int axis, List<Tensor> parts) {
      if (parts.isEmpty()) {
        throw new ShapeException("concat: needs at least one tensor");
      }
      Shape first = parts.get(0).shape();
      int a = first.axis(axis);
      long total = 0;
      for (Tensor part : parts) {
        parts.get(0).requireSameDevice("concat", part);
        boolean fits = part.shape().rank() == first.rank();
        if (!fits || !part.shape().with(a, 0).equals(first.with(a, 0))) {
          throw new ShapeException(
              "concat: " + first + " and " + part.shape() + " must agree but for axis " + a);
        }
        if (part.dtype() != parts.get(0).dtype()) {
          throw new ShapeException(
              "concat: "
                  + parts.get(0).dtype()
                  + " "
                  + first
                  + " and "
                  + part.dtype()
                  + " "
                  + part.shape()
                  + " must hold the same type");
        }
        total += part.shape().dim(a);
      }
      Shape out = first.with(a, Shape.extent("concat", total));
      Tensor y = Tensor.allocate(parts.get(0).device(), parts.get(0).dtype(), out);
      int[] strides = out.strides();
      int at = 0;
      for (Tensor part : parts) {
        Shape s = part.shape();
        StridedCopy how = new StridedCopy(s.dims(), 0, s.strides(), at * strides[a], strides);
        y.device().copy(part.buffer(), y.buffer(), how);
        at += s.dim(a);
      }
      return Autograd.record(new Concat(a), y, parts.toArray(new Tensor[0]));
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return 0;
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      Tensor[] out = new Tensor[call.inputs().length];
      int[] starts = new int[g.shape().rank()];
      for (int i = 0; i < out.length; i++) {
        Shape s = call.input(i).shape();
        out[i] = call.needs(i) ? g.slice(starts, s) : null;
        starts[axis] += s.dim(axis);
      }
      return out;
    }
  }
}
