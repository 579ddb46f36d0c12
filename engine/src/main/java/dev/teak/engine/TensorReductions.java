package dev.teak.engine;

import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.op.Reduce;
import java.util.Arrays;

/** What makes one number of many: over the axes named, over all where none are. */
public sealed interface TensorReductions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** Its extents. */
  Shape shape();

  default Tensor sum(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), false, axes);
  }

  default Tensor max(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), false, axes);
  }

  /** The mean; NaN over nothing. */
  default Tensor mean(int... axes) {
    Tensor total = sum(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /** As {@link #sum}, with the reduced axes staying as extents of 1. */
  default Tensor sumKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), true, axes);
  }

  /** As {@link #max}, with the reduced axes staying as extents of 1. */
  default Tensor maxKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), true, axes);
  }

  /** As {@link #mean}, with the reduced axes staying as extents of 1. */
  default Tensor meanKeepDims(int... axes) {
    Tensor total = sumKeepDims(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /** Place of the first largest element along an axis, as INT32. */
  default Tensor argMax(int axis) {
    return Reduce.argMax(self(), axis);
  }

  /** The sum over all axes that broadcasting {@code target} to this shape would repeat. */
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
