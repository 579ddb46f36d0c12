package dev.teak.engine;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.op.Movement;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors made of a rule, or of other tensors: {@code Tensor.zeros(2, 3)}. They are floats of the
 * working type on the current device, unless a method says otherwise.
 */
public abstract sealed class TensorCreation permits Tensor {
  TensorCreation() {}

  /** A scalar. */
  public static Tensor scalar(double value) {
    return full(Devices.current(), Shape.SCALAR, value);
  }

  /** Zeros. */
  public static Tensor zeros(int... dims) {
    return full(0, dims);
  }

  /** Ones. */
  public static Tensor ones(int... dims) {
    return full(1, dims);
  }

  /** One value everywhere. */
  public static Tensor full(double value, int... dims) {
    return full(Devices.current(), Shape.of(dims), value);
  }

  /** One value everywhere, on a device. */
  public static Tensor full(Backend device, Shape shape, double value) {
    return full(device, device.floatType(), shape, value);
  }

  /** One value everywhere, of a type: for whole numbers it is cut off toward 0. */
  public static Tensor full(Backend device, DType dtype, Shape shape, double value) {
    Tensor t = Tensor.allocate(device, dtype, shape);
    device.fill(t.buffer(), value);
    return t;
  }

  /** Zeros of a tensor's shape, type and device. */
  public static Tensor zerosLike(Tensor t) {
    return fullLike(t, 0);
  }

  /** Ones of a tensor's shape, type and device. */
  public static Tensor onesLike(Tensor t) {
    return fullLike(t, 1);
  }

  /** One value everywhere, of a tensor's shape, type and device. */
  public static Tensor fullLike(Tensor t, double value) {
    return full(t.device(), t.dtype(), t.shape(), value);
  }

  /**
   * Numbers from {@code start} to before {@code end}, {@code step} apart: {@code [count]}.
   *
   * @throws IllegalArgumentException if the step is 0, leads away from the end, or one of the three
   *     is no finite number
   */
  public static Tensor arange(double start, double end, double step) {
    double[] values = new double[count(start, end, step)];
    Arrays.setAll(values, i -> start + i * step);
    return Tensor.of(values, values.length);
  }

  /** As {@link #arange}, of INT32: {@code [count]}. */
  public static Tensor arangeInts(int start, int end, int step) {
    int[] values = new int[count(start, end, step)];
    Arrays.setAll(values, i -> start + i * step);
    return Tensor.ofInts(values, values.length);
  }

  private static int count(double start, double end, double step) {
    double steps = (end - start) / step;
    if (!(steps >= 0) || Double.isInfinite(step) || Double.isInfinite(steps)) {
      throw new IllegalArgumentException(
          "arange: from " + start + " to " + end + " by " + step + ": the step must lead there");
    }
    return Shape.extent("arange", (long) Math.ceil(steps));
  }

  /**
   * {@code count} numbers at even distances from {@code start} to {@code end}, both included:
   * {@code [count]}; {@code start} alone where it is 1.
   *
   * @throws ShapeException if {@code count} is negative
   */
  public static Tensor linspace(double start, double end, int count) {
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    double[] values = new double[Shape.extent("linspace", count)];
    // From the nearer end, so that both ends are met exactly.
    Arrays.setAll(
        values, i -> i < (count + 1) / 2 ? start + i * step : end - (count - 1 - i) * step);
    return Tensor.of(values, count);
  }

  /** Ones on the diagonal of {@code [n, n]}, else zeros. */
  public static Tensor eye(int n) {
    return arange(0, n, 1).unsqueeze(1).eq(arange(0, n, 1));
  }

  /**
   * The tensors one behind the other along an axis, which they have already.
   *
   * @throws ShapeException if there are none, other extents differ, or types do
   */
  public static Tensor concat(int axis, List<Tensor> parts) {
    return Movement.Concat.apply(axis, parts);
  }

  /**
   * The tensors one behind the other along a new axis, which is axis {@code axis} of the result.
   *
   * @throws ShapeException if there are none, or their shapes or types differ
   */
  public static Tensor stack(int axis, List<Tensor> parts) {
    for (Tensor part : parts) {
      if (!part.shape().equals(parts.get(0).shape())) {
        throw new ShapeException(
            "stack: " + parts.get(0).shape() + " and " + part.shape() + " must be of one shape");
      }
    }
    return concat(axis, parts.stream().map(t -> t.unsqueeze(axis)).toList());
  }
}
