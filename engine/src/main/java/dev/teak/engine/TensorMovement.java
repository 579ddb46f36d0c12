package dev.teak.engine;

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
}
