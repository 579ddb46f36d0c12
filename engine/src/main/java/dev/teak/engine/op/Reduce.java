package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ReduceFunction;

/**
 * Sum and maximum over axes; extents become 1 and {@code keepDims} says whether they stay.
 *
 * @param function which of the two
 * @param kept the output's shape with reduced extents as 1
 */
public record Reduce(ReduceFunction function, Shape kept) implements Op {
  static final OpInfo SUM = new OpInfo("sum", "the sum of x over axes", "g everywhere");

  static final OpInfo MAX =
      new OpInfo(
          "max",
          "the maximum of x over axes",
          "g shared evenly among the largest, as PyTorch's amax");

  /** x reduced over {@code axes}, over all where none are named. */
  public static Tensor apply(ReduceFunction f, Tensor x, boolean keepDims, int... axes) {
    String name = infoOf(f).name();
    x.requireFloat(name);
    boolean[] reduced = x.shape().named(axes);
    int[] kept = x.shape().dims();
    int rank = 0;
    int[] dropped = new int[kept.length];
    for (int i = 0; i < kept.length; i++) {
      if (reduced[i]) {
        if (f == ReduceFunction.MAX && kept[i] == 0) {
          throw new ShapeException(name + ": axis " + i + " of " + x.shape() + " is empty");
        }
        kept[i] = 1;
      } else {
        dropped[rank++] = kept[i];
      }
    }
    Shape keptShape = Shape.of(kept);
    Shape shape = keepDims ? keptShape : Shape.of(java.util.Arrays.copyOf(dropped, rank));
    Tensor y = Tensor.allocate(x.device(), shape);
    reduce(f, x, reduced, y.buffer());
    return Autograd.record(new Reduce(f, keptShape), y, x);
  }

  /** Reduces runs of neighbouring axes, the last run first, so that each is one backend call. */
  private static void reduce(ReduceFunction f, Tensor x, boolean[] reduced, Buffer out) {
    int[] dims = x.shape().dims();
    Buffer current = x.buffer();
    int end = dims.length;
    while (true) {
      while (end > 0 && !reduced[end - 1]) {
        end--;
      }
      int begin = end;
      int extent = 1;
      while (begin > 0 && reduced[begin - 1]) {
        extent *= dims[--begin];
      }
      int outer = product(dims, 0, begin);
      int inner = 1;
      for (int i = end; i < dims.length; i++) {
        inner *= reduced[i] ? 1 : dims[i];
      }
      boolean last = true;
      for (int i = 0; i < begin; i++) {
        last &= !reduced[i];
      }
      Buffer target = last ? out : x.device().allocate(out.dtype(), outer * inner);
      x.device().reduce(f, current, outer, extent, inner, target);
      if (current != x.buffer()) {
        x.device().release(current);
      }
      if (last) {
        return;
      }
      current = target;
      end = begin;
    }
  }

  private static int product(int[] dims, int from, int to) {
    int p = 1;
    for (int i = from; i < to; i++) {
      p *= dims[i];
    }
    return p;
  }

  private static OpInfo infoOf(ReduceFunction f) {
    return f == ReduceFunction.SUM ? SUM : MAX;
  }

  @Override
  public OpInfo info() {
    return infoOf(function);
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return inputs[0].shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor x = call.input(0);
    Tensor wide = g.reshape(kept.dims());
    if (function == ReduceFunction.SUM) {
      return new Tensor[] {wide.broadcastTo(x.shape())};
    }
    Tensor winners = x.detach().eq(call.output().detach().reshape(kept.dims()));
    Tensor count = winners.sumTo(kept);
    return new Tensor[] {Binary.MASKED_MUL.apply(winners, wide.div(count))};
  }
}
