package dev.teak.engine;

import java.util.Arrays;

/**
 * The extents of a row-major, contiguous tensor; immutable. A scalar has rank 0 and size 1. An
 * extent may be 0 (an empty batch). Images are {@code [N, H, W, C]}.
 */
public final class Shape {
  /** The shape of a scalar. */
  public static final Shape SCALAR = new Shape();

  private final int[] dims;
  private final int size;

  private Shape(int... dims) {
    long product = 1; // of the extents that are not 0, which strides are made of
    boolean empty = false;
    for (int d : dims) {
      if (d < 0) {
        throw new ShapeException("shape " + Arrays.toString(dims) + ": extents must be 0 or more");
      }
      empty |= d == 0;
      product *= Math.max(1, d);
      if (product > Integer.MAX_VALUE) {
        throw new ShapeException(
            "shape " + Arrays.toString(dims) + ": more than 2^31 - 1 elements in one tensor");
      }
    }
    this.dims = dims;
    this.size = empty ? 0 : (int) product;
  }

  /** A shape of the given extents. */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /**
   * An extent that was computed in long, for a shape.
   *
   * @throws ShapeException naming {@code what} where a tensor cannot have it
   */
  public static int extent(String what, long extent) {
    if (extent < 0 || extent > Integer.MAX_VALUE) {
      throw new ShapeException(
          what + ": an extent of " + extent + " is asked for; it must be 0 to 2^31 - 1");
    }
    return (int) extent;
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  /** Extent of an axis; negative axes count from the end, as in NumPy. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** The extents, as a fresh array. */
  public int[] dims() {
    return dims.clone();
  }

  /** Turns a possibly negative axis into 0..rank-1; throws where there is no such axis. */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new ShapeException(
          "axis "
              + axis
              + " of shape "
              + this
              + ": axes go from -"
              + rank()
              + " to "
              + (rank() - 1));
    }
    return a;
  }

  /** Which axes are named, by any of their numbers; all where none are. */
  public boolean[] named(int... axes) {
    boolean[] named = new boolean[rank()];
    Arrays.fill(named, axes.length == 0);
    for (int axis : axes) {
      named[axis(axis)] = true;
    }
    return named;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] d = dims.clone();
    d[axis(axis)] = extent;
    return new Shape(d);
  }

  /** Row-major strides in elements. */
  public int[] strides() {
    int[] s = new int[dims.length];
    int step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      s[i] = step;
      step *= dims[i];
    }
    return s;
  }

  /** The index along each axis of the element at a place of the row-major order. */
  public int[] index(int flat) {
    int[] index = new int[dims.length];
    for (int i = dims.length - 1; i >= 0; i--) {
      index[i] = flat % dims[i];
      flat /= dims[i];
    }
    return index;
  }

  /**
   * The shape that {@code a} and {@code b} broadcast to under NumPy's rules: aligned at the last
   * axis, equal extents or 1.
   *
   * @throws ShapeException naming {@code op} where they do not fit
   */
  public static Shape broadcast(String op, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int[] out = new int[Math.max(a.rank(), b.rank())];
    for (int i = 1; i <= out.length; i++) {
      int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new ShapeException(
            op
                + ": shapes "
                + a
                + " and "
                + b
                + " do not broadcast: axis -"
                + i
                + " has "
                + x
                + " and "
                + y
                + ", they must be equal or 1");
      }
      out[out.length - i] = x == 1 ? y : x;
    }
    return new Shape(out);
  }

  /**
   * Whether a tensor of this shape broadcasts to {@code target} without changing {@code target}.
   */
  public boolean broadcastsTo(Shape target) {
    if (rank() > target.rank()) {
      return false;
    }
    for (int i = 1; i <= rank(); i++) {
      int mine = dims[rank() - i];
      if (mine != 1 && mine != target.dims[target.rank() - i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
