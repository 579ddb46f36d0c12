package dev.teak.engine;

import dev.teak.engine.op.Indices;
import dev.teak.engine.op.Movement;
import dev.teak.engine.op.Reshape;
import java.util.Arrays;

/** What only moves elements: shapes, orders, parts and joins. */
public sealed interface TensorMovement permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** Its extents. */
  Shape shape();

  /** The same elements under another shape; one extent may be -1. Shares memory. */
  default Tensor reshape(int... dims) {
    return Reshape.apply(self(), dims);
  }

  /** Output axis i is input axis {@code axes[i]}. */
  default Tensor permute(int... axes) {
    return Movement.Permute.apply(self(), axes);
  }

  /** Two axes exchanged. */
  default Tensor transpose(int a, int b) {
    int[] order = new int[shape().rank()];
    Arrays.setAll(order, i -> i);
    order[shape().axis(a)] = shape().axis(b);
    order[shape().axis(b)] = shape().axis(a);
    return permute(order);
  }

  /** Axes of extent 1 repeated; itself where nothing is to be repeated. */
  default Tensor broadcastTo(Shape target) {
    return shape().equals(target) ? self() : Movement.BroadcastTo.apply(self(), target);
  }

  /** The block of shape {@code size} that begins at {@code starts}. */
  default Tensor slice(int[] starts, Shape size) {
    return Movement.Slice.apply(self(), starts, size);
  }

  /** Rows {@code from} (with) to {@code to} (without) of the first axis. */
  default Tensor rows(int from, int to) {
    Shape size = shape().with(0, Shape.extent("rows", (long) to - from));
    int[] starts = new int[size.rank()];
    starts[0] = from;
    return slice(starts, size);
  }

  /** This tensor with {@code value} around it, so much before and after on each axis. */
  default Tensor pad(int[] before, int[] after, double value) {
    return Movement.Pad.apply(self(), before, after, value);
  }

  // --- through indices ---

  /**
   * What an index names along an axis: output element [.., j, ..] is element [.., index[.., j, ..],
   * ..] of this tensor. The gradient adds up what an element was picked for.
   *
   * @param index INT32 with as many axes, no longer on any but {@code axis}; the shape of the
   *     result
   * @throws IllegalArgumentException naming the first index outside 0..extent-1
   * @throws ShapeException if the index does not fit
   */
  default Tensor gather(int axis, Tensor index) {
    return Indices.gather(self(), axis, index);
  }

  /**
   * As {@link #gather}, of this tensor and an index that broadcast to each other on all axes but
   * {@code axis}: NumPy's {@code take_along_axis}, PyTorch's {@code take_along_dim}.
   *
   * @param index INT32 with as many axes
   * @throws IllegalArgumentException naming the first index outside 0..extent-1
   */
  default Tensor takeAlongAxis(Tensor index, int axis) {
    return Indices.takeAlong(self(), index, axis);
  }

  /**
   * The slices that an index names along an axis, in its order, any of them more than once: rows of
   * a table where the axis is 0.
   *
   * @param index INT32 {@code [count]}; the result has {@code count} on the axis
   * @throws IllegalArgumentException naming the first index outside 0..extent-1
   */
  default Tensor indexSelect(int axis, Tensor index) {
    return Indices.select(self(), axis, index);
  }

  /**
   * This tensor with elements of {@code src} added to it: element [.., j, ..] of {@code src} to
   * [.., index[.., j, ..], ..], those for one place from the first to the last, so that runs repeat
   * to the bit.
   *
   * @param index INT32, no longer than {@code src} on any axis, nor than this tensor on any but
   *     {@code axis}; elements of {@code src} beyond it are left out
   * @throws IllegalArgumentException naming the first index outside 0..extent-1
   */
  default Tensor scatterAdd(int axis, Tensor index, Tensor src) {
    return Indices.scatterAdd(self(), axis, index, src);
  }
}
