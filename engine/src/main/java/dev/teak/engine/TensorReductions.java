package dev.teak.engine;

import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.op.CumSum;
import dev.teak.engine.op.Order;
import dev.teak.engine.op.Reduce;
import dev.teak.engine.op.Reductions;
import dev.teak.engine.op.Variance;
import java.util.Arrays;

/**
 * What makes one number of many, and what goes along an axis.
 *
 * <p>Reductions go over the axes named, over all where none are; axes count from the end where they
 * are negative. The axes are gone from the result, or stay as extents of 1 in the form whose name
 * ends in {@code KeepDims}. NaN makes a result NaN. Where floats are expected and others found, or
 * there is no such axis, a {@link ShapeException} says so.
 */
public sealed interface TensorReductions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** Its extents. */
  Shape shape();

  /** {@code kept} without the axes that were reduced. */
  private Tensor dropped(Tensor kept, int... axes) {
    boolean[] gone = shape().named(axes);
    int[] dims = new int[gone.length];
    int rank = 0;
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        dims[rank++] = shape().dim(i);
      }
    }
    return kept.reshape(Arrays.copyOf(dims, rank));
  }

  /** The sum; 0 over nothing. */
  default Tensor sum(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), false, axes);
  }

  /** As {@link #sum}, with the reduced axes staying as extents of 1. */
  default Tensor sumKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), true, axes);
  }

  /** The mean; NaN over nothing. */
  default Tensor mean(int... axes) {
    Tensor total = sum(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /** As {@link #mean}, with the reduced axes staying as extents of 1. */
  default Tensor meanKeepDims(int... axes) {
    Tensor total = sumKeepDims(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /**
   * The largest; the gradient is shared evenly among equals.
   *
   * @throws ShapeException over nothing
   */
  default Tensor max(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), false, axes);
  }

  /** As {@link #max}, with the reduced axes staying as extents of 1. */
  default Tensor maxKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), true, axes);
  }

  /**
   * The smallest; the gradient is shared evenly among equals.
   *
   * @throws ShapeException over nothing
   */
  default Tensor min(int... axes) {
    return self().neg().max(axes).neg();
  }

  /** As {@link #min}, with the reduced axes staying as extents of 1. */
  default Tensor minKeepDims(int... axes) {
    return self().neg().maxKeepDims(axes).neg();
  }

  /** PyTorch's name for {@link #max} over axes. */
  default Tensor amax(int... axes) {
    return max(axes);
  }

  /** PyTorch's name for {@link #min} over axes. */
  default Tensor amin(int... axes) {
    return min(axes);
  }

  /** The product; 1 over nothing. The gradient is right where elements are 0. */
  default Tensor prod(int... axes) {
    return dropped(prodKeepDims(axes), axes);
  }

  /** As {@link #prod}, with the reduced axes staying as extents of 1. */
  default Tensor prodKeepDims(int... axes) {
    return Reductions.prod(self(), axes);
  }

  /** The variance of a sample, {@link #var(int[], int)} with a correction of 1. */
  default Tensor var(int... axes) {
    return var(axes, 1);
  }

  /**
   * The variance: squared distances from the mean, added up and divided by their number minus
   * {@code correction}, or by 0 where that is less.
   *
   * @param axes over which, or none for all
   * @param correction 1 for that of a sample, PyTorch's default; 0 for that of the elements
   *     themselves
   */
  default Tensor var(int[] axes, int correction) {
    return dropped(varKeepDims(axes, correction), axes);
  }

  /** As {@link #var(int[], int)}, with the reduced axes staying as extents of 1. */
  default Tensor varKeepDims(int[] axes, int correction) {
    return Variance.apply(self(), correction, axes);
  }

  /** The standard deviation of a sample, {@link #std(int[], int)} with a correction of 1. */
  default Tensor std(int... axes) {
    return std(axes, 1);
  }

  /**
   * The root of {@link #var(int[], int)}, the standard deviation; where it is 0 its gradient is 0.
   */
  default Tensor std(int[] axes, int correction) {
    return dropped(stdKeepDims(axes, correction), axes);
  }

  /** As {@link #std(int[], int)}, with the reduced axes staying as extents of 1. */
  default Tensor stdKeepDims(int[] axes, int correction) {
    return Reductions.std(self(), correction, axes);
  }

  /**
   * The norm of order p: (sum |x|^p)^(1/p), which neither overflows nor underflows on the way. 0
   * counts what is not 0, infinity takes the largest magnitude, -infinity the smallest. Its
   * gradient is 0 wherever an element or the norm is 0, as in PyTorch.
   *
   * @param p 2 is Euclid's; a negative one gives 0 where there is a 0
   * @throws ShapeException over nothing, of an infinite or a negative order
   * @throws IllegalArgumentException if p is NaN
   */
  default Tensor norm(double p, int... axes) {
    return dropped(normKeepDims(p, axes), axes);
  }

  /** As {@link #norm}, with the reduced axes staying as extents of 1. */
  default Tensor normKeepDims(double p, int... axes) {
    return Reductions.norm(self(), p, axes);
  }

  /** log sum e^x without overflow; -infinity over nothing. */
  default Tensor logSumExp(int... axes) {
    return dropped(logSumExpKeepDims(axes), axes);
  }

  /** As {@link #logSumExp}, with the reduced axes staying as extents of 1. */
  default Tensor logSumExpKeepDims(int... axes) {
    return Reductions.logSumExp(self(), axes);
  }

  /** 1 where any element is not 0, else 0; 0 over nothing. NaN is not 0. No gradient. */
  default Tensor any(int... axes) {
    return dropped(anyKeepDims(axes), axes);
  }

  /** As {@link #any}, with the reduced axes staying as extents of 1. */
  default Tensor anyKeepDims(int... axes) {
    return self().ne(0).sumKeepDims(axes).gt(0);
  }

  /** 1 where no element is 0, else 0; 1 over nothing. NaN is not 0. No gradient. */
  default Tensor all(int... axes) {
    return dropped(allKeepDims(axes), axes);
  }

  /** As {@link #all}, with the reduced axes staying as extents of 1. */
  default Tensor allKeepDims(int... axes) {
    return self().eq(0).sumKeepDims(axes).eq(0);
  }

  // --- places and order: NaN counts as largest ---

  /**
   * Place of the first largest element along an axis, as INT32.
   *
   * @throws ShapeException over nothing
   */
  default Tensor argMax(int axis) {
    return dropped(argMaxKeepDims(axis), axis);
  }

  /** As {@link #argMax(int)}, with the axis staying as an extent of 1. */
  default Tensor argMaxKeepDims(int axis) {
    return Order.argMax(self(), axis);
  }

  /** Place of the first largest of all elements in row-major order, as an INT32 scalar. */
  default Tensor argMax() {
    return self().reshape(-1).argMax(0);
  }

  /**
   * Place of the first smallest element along an axis, as INT32; of the first NaN where there is
   * one, as in PyTorch.
   *
   * @throws ShapeException over nothing
   */
  default Tensor argMin(int axis) {
    return dropped(argMinKeepDims(axis), axis);
  }

  /** As {@link #argMin(int)}, with the axis staying as an extent of 1. */
  default Tensor argMinKeepDims(int axis) {
    return Order.argMax(self().detach().neg(), axis);
  }

  /** Place of the first smallest of all elements in row-major order, as an INT32 scalar. */
  default Tensor argMin() {
    return self().reshape(-1).argMin(0);
  }

  /**
   * The {@code k} largest or smallest elements along an axis, sorted, and their places; of equals
   * the first comes first. On OpenCL devices the time grows with k and the extent multiplied.
   *
   * @throws ShapeException unless k is 0 to the extent
   */
  default Ranked topK(int k, int axis, boolean largest) {
    return Order.ranked("topk", self(), k, axis, largest);
  }

  /** The {@code k} largest along the last axis, as {@link #topK(int, int, boolean)}. */
  default Ranked topK(int k) {
    return topK(k, -1, true);
  }

  /** All elements along an axis, sorted, and their places; equals keep their order. */
  default Ranked sort(int axis, boolean descending) {
    return Order.ranked("sort", self(), shape().dim(axis), axis, descending);
  }

  /** The places of {@link #sort}. */
  default Tensor argSort(int axis, boolean descending) {
    return Order.argSort("argsort", self(), shape().dim(axis), axis, descending);
  }

  /** The sum up to each element along an axis, that one included; the shape stays. */
  default Tensor cumSum(int axis) {
    return CumSum.apply(self(), axis);
  }

  /**
   * The sum over all axes that broadcasting {@code target} to this shape would repeat.
   *
   * @return of shape {@code target}
   * @throws ShapeException if {@code target} does not broadcast to this shape
   */
  default Tensor sumTo(Shape target) {
    Shape shape = shape();
    if (shape.equals(target)) {
      return self();
    }
    if (!target.broadcastsTo(shape)) {
      throw new ShapeException("sumTo: " + target + " does not broadcast to " + shape);
    }
    int lead = shape.rank() - target.rank();
    int[] axes = new int[shape.rank()];
    int count = 0;
    for (int i = 0; i < shape.rank(); i++) {
      if (i < lead || (target.dim(i - lead) == 1 && shape.dim(i) != 1)) {
        axes[count++] = i;
      }
    }
    return sumKeepDims(Arrays.copyOf(axes, count)).reshape(target.dims());
  }
}
