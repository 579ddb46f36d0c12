package dev.teak.engine.op;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.IndexGeometry;
import java.util.Arrays;

/** Indexing along an axis as users ask for it: shapes and indices are checked, then moved. */
public final class Indices {
  private Indices() {}

  /**
   * Throws unless {@code index} holds INT32, all of them from 0 to {@code extent} - 1; waits for an
   * index that was made on a device.
   *
   * @throws IllegalArgumentException naming {@code op} and the first index outside
   */
  public static void requireInside(String op, Tensor index, int extent) {
    requireInside(op, "index", index, extent);
  }

  /** As above, where {@code what} is its name: an index, a label. */
  public static void requireInside(String op, String what, Tensor index, int extent) {
    requireInts(op, index);
    int[] host = index.toInts();
    for (int i = 0; i < host.length; i++) {
      if (host[i] < 0 || host[i] >= extent) {
        throw new IllegalArgumentException(
            op
                + ": "
                + what
                + " "
                + host[i]
                + " at "
                + Arrays.toString(index.shape().index(i))
                + (extent == 0 ? ": the axis is empty" : " is outside 0.." + (extent - 1)));
      }
    }
  }

  private static void requireInts(String op, Tensor index) {
    if (index.dtype() != DType.INT32) {
      throw new ShapeException(
          op + ": index " + index.shape() + " holds " + index.dtype() + "; expects INT32");
    }
  }

  /** As {@link dev.teak.engine.Functional#oneHot}. */
  public static Tensor oneHot(Tensor labels, int classes) {
    String op = "one_hot";
    requireInts(op, labels);
    Shape s = labels.shape();
    if (classes < -1 || (classes == -1 && s.size() == 0)) {
      throw new IllegalArgumentException(
          op
              + ": "
              + classes
              + " classes for labels "
              + s
              + "; expects 0 or more, or -1 and labels");
    }
    int n = classes >= 0 ? classes : Arrays.stream(labels.toInts()).max().getAsInt() + 1;
    requireInside(op, "label", labels, n);
    int[] dims = Arrays.copyOf(s.dims(), s.rank() + 1);
    dims[s.rank()] = n;
    Tensor y = Tensor.allocate(labels.device(), Shape.of(dims));
    labels.device().oneHot(labels.buffer(), n, y.buffer());
    return y;
  }

  /** As {@link dev.teak.engine.TensorMovement#indexSelect}. */
  public static Tensor select(Tensor x, int axis, Tensor index) {
    Shape s = x.shape();
    int a = s.axis(axis);
    if (index.shape().rank() != 1) {
      throw new ShapeException("index_select: index " + index.shape() + ": expects [count]");
    }
    requireInside("index_select", index, s.dim(a));
    int count = index.shape().size();
    return Gather.apply(geometry(s, a, count, true), x, index, s.with(a, count));
  }

  /** As {@link dev.teak.engine.TensorMovement#gather}. */
  public static Tensor gather(Tensor x, int axis, Tensor index) {
    requireInts("gather", index);
    int a = x.shape().axis(axis);
    requireFits("gather", x.shape(), a, index.shape());
    requireInside("gather", index, x.shape().dim(a));
    return along(x, a, index);
  }

  /** As {@link dev.teak.engine.TensorMovement#takeAlongAxis}. */
  public static Tensor takeAlong(Tensor x, Tensor index, int axis) {
    String op = "take_along_axis";
    requireInts(op, index);
    int a = x.shape().axis(axis);
    if (index.shape().rank() != x.shape().rank()) {
      throw new ShapeException(
          op + ": index " + index.shape() + " must have the axes of " + x.shape());
    }
    requireInside(op, index, x.shape().dim(a));
    Shape lines = Shape.broadcast(op, x.shape().with(a, 1), index.shape().with(a, 1));
    Tensor wide = x.broadcastTo(lines.with(a, x.shape().dim(a)));
    return along(wide, a, index.broadcastTo(lines.with(a, index.shape().dim(a))));
  }

  /** What an index in range names; indices that were computed so need no check, nor a wait. */
  static Tensor along(Tensor x, int axis, Tensor index) {
    Shape lines = index.shape().with(axis, x.shape().dim(axis));
    Tensor part = x.shape().equals(lines) ? x : x.slice(new int[lines.rank()], lines);
    return Gather.apply(
        geometry(lines, axis, index.shape().dim(axis), false), part, index, index.shape());
  }

  /** As {@link dev.teak.engine.TensorMovement#scatterAdd}. */
  public static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor src) {
    String op = "scatter_add";
    requireInts(op, index);
    int a = x.shape().axis(axis);
    Shape picked = index.shape();
    requireFits(op, x.shape(), a, picked);
    requireFits(op, src.shape(), -1, picked);
    requireInside(op, index, x.shape().dim(a));
    int[] origin = new int[picked.rank()];
    Tensor part = src.shape().equals(picked) ? src : src.slice(origin, picked);
    Shape lines = picked.with(a, x.shape().dim(a));
    Tensor sums = ScatterAdd.apply(geometry(lines, a, picked.dim(a), false), part, index, lines);
    int[] after = x.shape().dims();
    for (int i = 0; i < after.length; i++) {
      after[i] -= lines.dim(i);
    }
    return x.add(lines.equals(x.shape()) ? sums : sums.pad(origin, after, 0));
  }

  /** PyTorch's rule: no axis of the index is longer, but for that which is indexed. */
  private static void requireFits(String op, Shape s, int axis, Shape index) {
    boolean fits = s.rank() == index.rank();
    for (int i = 0; fits && i < s.rank(); i++) {
      fits = i == axis || index.dim(i) <= s.dim(i);
    }
    if (!fits) {
      throw new ShapeException(
          op
              + ": index "
              + index
              + " must have the axes of "
              + s
              + " and be no longer on any"
              + (axis < 0 ? "" : " but axis " + axis));
    }
  }

  /** Lines along an axis, with {@code count} entries each. */
  static IndexGeometry geometry(Shape s, int axis, int count, boolean shared) {
    Lines l = Lines.of(s, axis);
    return new IndexGeometry(l.outer(), l.extent(), l.inner(), count, shared, shared);
  }
}
