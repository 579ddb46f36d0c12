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

  private static int dot(int[] places, int[] strides) {
    int offset = 0;
    for (int i = 0; i < places.length; i++) {
      offset += places[i] * strides[i];
    }
    return offset;
  }

  /**
   * The strides of every so manyth element; the step of a single one, of any size, is not taken.
   */
  private static int[] stepped(int[] strides, int[] steps, Shape size) {
    int[] out = strides.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= size.dim(i) > 1 ? steps[i] : 1;
    }
    return out;
  }

  static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }

  static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

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
      return Autograd.record(new Permute(list(order)), y, x);
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

  /**
   * Elements of x at even steps, which may go backwards.
   *
   * @param starts the first one, an entry for each axis
   * @param steps from each to the next, an entry for each axis; never 0
   */
  public record Slice(List<Integer> starts, List<Integer> steps) implements Op {
    static final OpInfo INFO =
        new OpInfo("slice", "elements of x at even steps", "g with zeros between and around");

    /** The block of x that begins at {@code starts} and has shape {@code size}. */
    public static Tensor apply(Tensor x, int[] starts, Shape size) {
      int[] ones = new int[starts.length];
      Arrays.fill(ones, 1);
      return apply(x, starts, ones, size);
    }

    /** As above, by {@code steps}. */
    public static Tensor apply(Tensor x, int[] starts, int[] steps, Shape size) {
      Shape s = x.shape();
      boolean fits = starts.length == s.rank() && size.rank() == s.rank();
      for (int i = 0; fits && i < starts.length; i++) {
        long last = starts[i] + Math.max(0, size.dim(i) - 1L) * steps[i];
        int end = s.dim(i) - (size.dim(i) == 0 ? 0 : 1); // a block of nothing may lie at the end
        fits = starts[i] >= 0 && starts[i] <= end && last >= 0 && last <= end;
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
      int[] strides = s.strides();
      int offset = dot(starts, strides);
      int[] from = stepped(strides, steps, size);
      x.device()
          .copy(
              x.buffer(),
              y.buffer(),
              new StridedCopy(size.dims(), offset, from, 0, size.strides()));
      return Autograd.record(new Slice(list(starts), list(steps)), y, x);
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
      Shape shape = call.input(0).shape();
      return new Tensor[] {Pad.apply(g, array(starts), array(steps), shape, 0)};
    }
  }

  /**
   * x laid into a constant, at even steps.
   *
   * @param starts where its first element comes, an entry for each axis
   * @param steps from each to the next, an entry for each axis; never 0
   */
  public record Pad(List<Integer> starts, List<Integer> steps) implements Op {
    static final OpInfo INFO =
        new OpInfo("pad", "x with a constant around it", "the elements of g where x lies");

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
      int[] ones = new int[dims.length];
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
        ones[i] = 1;
      }
      return apply(x, before, ones, Shape.of(dims), value);
    }

    /** x in a tensor of {@code shape}, which it must fit into: what undoes a slice. */
    static Tensor apply(Tensor x, int[] starts, int[] steps, Shape shape, double value) {
      Tensor y = Tensor.allocate(x.device(), x.dtype(), shape);
      Shape s = x.shape();
      int[] strides = shape.strides();
      int offset = dot(starts, strides);
      int[] to = stepped(strides, steps, s);
      x.device().fill(y.buffer(), value);
      x.device()
          .copy(x.buffer(), y.buffer(), new StridedCopy(s.dims(), 0, s.strides(), offset, to));
      return Autograd.record(new Pad(list(starts), list(steps)), y, x);
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
      return new Tensor[] {Slice.apply(g, array(starts), array(steps), call.input(0).shape())};
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
