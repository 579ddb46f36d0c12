package dev.teak.engine.op;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tensors cut up and repeated along axes: slices and broadcasts, as users ask for them. */
public final class Parts {
  private Parts() {}

  /** As {@link dev.teak.engine.TensorMovement#slice(int, int, int, int)}. */
  public static Tensor slice(Tensor x, int axis, int start, int stop, int step) {
    if (step == 0) {
      throw new IllegalArgumentException("slice: step 0; expects any other whole number");
    }
    int a = x.shape().axis(axis);
    int n = x.shape().dim(a);
    int low = step > 0 ? 0 : -1; // where a walk may begin and end
    int high = step > 0 ? n : n - 1;
    long from = Math.max(low, Math.min(high, start < 0 ? (long) start + n : start));
    long to = Math.max(low, Math.min(high, stop < 0 ? (long) stop + n : stop));
    long count =
        Math.max(0, step > 0 ? (to - from - 1 + step) / step : (to - from + 1 + step) / step);
    int[] starts = new int[x.shape().rank()];
    int[] steps = new int[starts.length];
    Arrays.fill(steps, 1);
    starts[a] = count == 0 ? 0 : (int) from;
    steps[a] = step;
    return Movement.Slice.apply(x, starts, steps, x.shape().with(a, (int) count));
  }

  /** As {@link dev.teak.engine.TensorMovement#flip}. */
  public static Tensor flip(Tensor x, int... axes) {
    Shape s = x.shape();
    int[] starts = new int[s.rank()];
    int[] steps = new int[s.rank()];
    Arrays.fill(steps, 1);
    for (int axis : axes) {
      int a = s.axis(axis);
      if (steps[a] < 0) {
        throw new ShapeException("flip: axis " + a + " is named twice");
      }
      steps[a] = -1;
      starts[a] = Math.max(0, s.dim(a) - 1);
    }
    return axes.length == 0 ? x : Movement.Slice.apply(x, starts, steps, s);
  }

  /** As {@link dev.teak.engine.TensorMovement#roll}. */
  public static Tensor roll(Tensor x, int shift, int axis) {
    int a = x.shape().axis(axis);
    int n = x.shape().dim(a);
    int cut = n == 0 ? 0 : Math.floorMod(-(long) shift, n);
    return cut == 0 ? x : Tensor.concat(a, List.of(x.slice(a, cut, n, 1), x.slice(a, 0, cut, 1)));
  }

  /** As {@link dev.teak.engine.TensorMovement#split(int[], int)}. */
  public static List<Tensor> split(Tensor x, int[] sizes, int axis) {
    Shape s = x.shape();
    int a = s.axis(axis);
    long sum = Arrays.stream(sizes).asLongStream().sum();
    if (sum != s.dim(a) || Arrays.stream(sizes).anyMatch(n -> n < 0)) {
      throw new ShapeException(
          "split: sizes "
              + Arrays.toString(sizes)
              + " must be 0 or more and add up to "
              + s.dim(a)
              + ", axis "
              + a
              + " of "
              + s);
    }
    List<Tensor> parts = new ArrayList<>();
    int[] starts = new int[s.rank()];
    for (int size : sizes) {
      parts.add(x.slice(starts, s.with(a, size)));
      starts[a] += size;
    }
    return parts;
  }

  /** As {@link dev.teak.engine.TensorMovement#split(int, int)}. */
  public static List<Tensor> split(Tensor x, int size, int axis) {
    int n = x.shape().dim(axis);
    if (size < 0 || (size == 0 && n > 0)) {
      throw new ShapeException(
          "split: size " + size + " of parts of an axis of " + n + "; expects 1 or more");
    }
    int[] sizes = new int[n == 0 ? 1 : (int) ((n + size - 1L) / size)];
    Arrays.fill(sizes, size);
    sizes[sizes.length - 1] = n - (sizes.length - 1) * size;
    return split(x, sizes, axis);
  }

  /** As {@link dev.teak.engine.TensorMovement#chunk}. */
  public static List<Tensor> chunk(Tensor x, int chunks, int axis) {
    int n = x.shape().dim(axis);
    if (chunks < 1) {
      throw new ShapeException("chunk: " + chunks + " chunks; expects 1 or more");
    }
    return n == 0
        ? split(x, new int[chunks], axis)
        : split(x, (int) ((n + chunks - 1L) / chunks), axis);
  }

  /** As {@link dev.teak.engine.TensorMovement#tile}. */
  public static Tensor tile(Tensor x, int... repeats) {
    Shape s = x.shape();
    int rank = Math.max(s.rank(), repeats.length);
    int[] single = new int[2 * rank]; // [1, d0, 1, d1, ..] -> [r0, d0, r1, d1, ..]
    int[] repeated = new int[2 * rank];
    int[] joined = new int[rank];
    for (int i = 0; i < rank; i++) {
      int dim = i < rank - s.rank() ? 1 : s.dim(i - rank + s.rank());
      int times = i < rank - repeats.length ? 1 : repeats[i - rank + repeats.length];
      if (times < 0) {
        throw new ShapeException(
            "tile: repeats " + Arrays.toString(repeats) + " must be 0 or more");
      }
      single[2 * i] = 1;
      repeated[2 * i] = times;
      single[2 * i + 1] = dim;
      repeated[2 * i + 1] = dim;
      joined[i] = Shape.extent("tile", (long) times * dim);
    }
    return x.reshape(single).broadcastTo(Shape.of(repeated)).reshape(joined);
  }

  /** As {@link dev.teak.engine.TensorMovement#expand}. */
  public static Tensor expand(Tensor x, int... dims) {
    int[] full = dims.clone();
    int lead = dims.length - x.shape().rank();
    for (int i = Math.max(0, lead); i < dims.length; i++) {
      full[i] = dims[i] == -1 ? x.shape().dim(i - lead) : dims[i];
    }
    return x.broadcastTo(Shape.of(full));
  }
}
