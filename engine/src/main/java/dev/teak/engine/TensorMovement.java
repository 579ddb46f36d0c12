package dev.teak.engine;

import dev.teak.engine.op.Indices;
import dev.teak.engine.op.Movement;
import dev.teak.engine.op.Parts;
import dev.teak.engine.op.Reshape;
import java.util.Arrays;
import java.util.List;

/**
 * What only moves elements: shapes, orders, parts and joins, of any type of element. Axes count
 * from the end where they are negative; where there is no such axis, or shapes do not fit, a {@link
 * ShapeException} says so. Joins are {@link Tensor#concat} and {@link Tensor#stack}.
 */
public sealed interface TensorMovement permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** Its extents. */
  Shape shape();

  /**
   * The same elements under another shape; one extent may be -1, and is what the others leave.
   * Shares memory.
   *
   * @throws ShapeException if the number of elements differs, or the others leave none or a part
   */
  default Tensor reshape(int... dims) {
    return Reshape.apply(self(), dims);
  }

  /**
   * Axes {@code from} to {@code to}, both included, as one: {@code flatten(1, -1)} makes {@code [N,
   * H, W, C]} rows {@code [N, H W C]}. A scalar becomes {@code [1]}. Shares memory.
   */
  default Tensor flatten(int from, int to) {
    if (shape().rank() == 0) {
      return reshape(1);
    }
    int first = shape().axis(from);
    int last = shape().axis(to);
    if (first > last) {
      throw new ShapeException("flatten: axis " + from + " of " + shape() + " lies behind " + to);
    }
    int[] dims = shape().dims();
    int[] flat = Arrays.copyOf(dims, dims.length - last + first);
    for (int i = first + 1; i <= last; i++) {
      flat[first] *= dims[i];
    }
    System.arraycopy(dims, last + 1, flat, first + 1, dims.length - last - 1);
    return reshape(flat);
  }

  /** An axis of extent 1 put in, as axis {@code axis} of the result. Shares memory. */
  default Tensor unsqueeze(int axis) {
    Shape s = shape();
    int[] dims = new int[s.rank() + 1];
    int at = axis < 0 ? axis + dims.length : axis;
    if (at < 0 || at >= dims.length) {
      throw new ShapeException(
          "unsqueeze: axis "
              + axis
              + " of "
              + s
              + " and one more; expects -"
              + dims.length
              + ".."
              + s.rank());
    }
    System.arraycopy(s.dims(), 0, dims, 0, at);
    dims[at] = 1;
    System.arraycopy(s.dims(), at, dims, at + 1, s.rank() - at);
    return reshape(dims);
  }

  /**
   * Those of the axes named that have extent 1 taken out, of all axes where none are named; others
   * stay, as in PyTorch. Shares memory.
   */
  default Tensor squeeze(int... axes) {
    Shape s = shape();
    boolean[] out = s.named(axes);
    int[] dims = new int[s.rank()];
    int rank = 0;
    for (int i = 0; i < s.rank(); i++) {
      if (!out[i] || s.dim(i) != 1) {
        dims[rank++] = s.dim(i);
      }
    }
    return reshape(Arrays.copyOf(dims, rank));
  }

  /** Output axis i is input axis {@code axes[i]}; every axis is named once. */
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

  /**
   * Axes of extent 1 repeated, and axes added in front, as binary ops do by themselves; itself
   * where nothing is to be repeated.
   */
  default Tensor broadcastTo(Shape target) {
    return shape().equals(target) ? self() : Movement.BroadcastTo.apply(self(), target);
  }

  /**
   * Axes of extent 1 repeated to {@code dims}, in which -1 leaves an axis as it is; axes may be
   * added in front.
   */
  default Tensor expand(int... dims) {
    return Parts.expand(self(), dims);
  }

  /**
   * The tensor repeated so often along each axis, 0 or more; axes or numbers that are missing in
   * front are 1.
   */
  default Tensor tile(int... repeats) {
    return Parts.tile(self(), repeats);
  }

  /** Axes backwards: {@code flip(2)} mirrors images {@code [N, H, W, C]}. None where none named. */
  default Tensor flip(int... axes) {
    return Parts.flip(self(), axes);
  }

  /**
   * Elements moved {@code shift} places up an axis, or down where it is negative; those beyond one
   * end come in at the other.
   */
  default Tensor roll(int shift, int axis) {
    return Parts.roll(self(), shift, axis);
  }

  /**
   * Elements {@code start} (with) to {@code stop} (without) along an axis, every {@code step}th, as
   * in NumPy and ONNX: a negative start or stop counts from the end, what lies outside is cut off,
   * and a negative step walks backwards.
   *
   * @param stop {@code Integer.MAX_VALUE} for the end, {@code Integer.MIN_VALUE} for that of a walk
   *     backwards
   * @param step any whole number but 0
   * @return with an extent of 0 on the axis where nothing lies between
   * @throws IllegalArgumentException if the step is 0
   */
  default Tensor slice(int axis, int start, int stop, int step) {
    return Parts.slice(self(), axis, start, stop, step);
  }

  /** The tensor cut along an axis into parts of these extents, which must add up to its own. */
  default List<Tensor> split(int[] sizes, int axis) {
    return Parts.split(self(), sizes, axis);
  }

  /**
   * The tensor cut along an axis into parts of extent {@code size}, 1 or more; the last may be
   * smaller.
   */
  default List<Tensor> split(int size, int axis) {
    return Parts.split(self(), size, axis);
  }

  /**
   * The tensor cut along an axis into parts of one extent, the last of which may be smaller: {@code
   * chunks} of them, or as many as there are where the extent does not divide so, as in PyTorch.
   */
  default List<Tensor> chunk(int chunks, int axis) {
    return Parts.chunk(self(), chunks, axis);
  }

  /** The block of shape {@code size} that begins at {@code starts} and lies within the tensor. */
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

  /**
   * This tensor with {@code value} around it, so much before and after on each axis, 0 or more.
   * {@link Images#pad} knows other borders.
   */
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
