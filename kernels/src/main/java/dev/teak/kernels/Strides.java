package dev.teak.kernels;

import java.util.Arrays;

/**
 * A walk over an index space with two operands' strides, in as few axes as it can be told: what the
 * strided kernels take, up to {@link #MAX_RANK} axes at a time.
 */
final class Strides {
  /** Axes that fit into a kernel's int8 arguments. */
  static final int MAX_RANK = 8;

  private final int[] dims;
  private final int[] a;
  private final int[] b;

  private Strides(int[] dims, int[] a, int[] b) {
    this.dims = dims;
    this.a = a;
    this.b = b;
  }

  /** Receives a part of a walk and where it begins in both operands and in row-major order. */
  interface Part {
    void accept(Strides part, int aAt, int bAt, int flatAt);
  }

  /**
   * A walk of at least one axis; axes of extent 1 go, axes that run on into each other are joined.
   */
  static Strides joined(int[] dims, int[] a, int[] b) {
    int[] d = new int[dims.length + 1];
    int[] s = new int[dims.length + 1];
    int[] t = new int[dims.length + 1];
    int rank = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 1) {
        continue;
      }
      boolean runsOn = rank > 0 && s[rank - 1] == a[i] * dims[i] && t[rank - 1] == b[i] * dims[i];
      int at = runsOn ? rank - 1 : rank++;
      d[at] = runsOn ? d[at] * dims[i] : dims[i];
      s[at] = a[i];
      t[at] = b[i];
    }
    if (rank == 0) {
      d[rank++] = 1;
    }
    return new Strides(Arrays.copyOf(d, rank), Arrays.copyOf(s, rank), Arrays.copyOf(t, rank));
  }

  /** Throws where a walk leaves a buffer of {@code size} elements. */
  static void requireInside(String what, int[] dims, int[] strides, long offset, int size) {
    long low = offset;
    long high = offset;
    for (int i = 0; i < dims.length; i++) {
      long reach = (dims[i] - 1L) * strides[i];
      low += Math.min(0, reach);
      high += Math.max(0, reach);
    }
    if (low < 0 || high >= size) {
      throw new IllegalArgumentException(
          what + " is walked from element " + low + " to " + high + ", has " + size + " elements");
    }
  }

  /**
   * Hands out this walk, or where it has too many axes, a part for each index of the first ones.
   */
  void forEachPart(Part part) {
    forEachPart(part, 0, 0, 0, 0);
  }

  private void forEachPart(Part part, int axis, int aAt, int bAt, int flatAt) {
    Strides inner = from(axis);
    if (inner.rank() <= MAX_RANK) {
      part.accept(inner, aAt, bAt, flatAt);
      return;
    }
    int below = inner.size() / dims[axis];
    for (int i = 0; i < dims[axis]; i++) {
      forEachPart(part, axis + 1, aAt + i * a[axis], bAt + i * b[axis], flatAt + i * below);
    }
  }

  private Strides from(int axis) {
    return new Strides(
        Arrays.copyOfRange(dims, axis, dims.length),
        Arrays.copyOfRange(a, axis, a.length),
        Arrays.copyOfRange(b, axis, b.length));
  }

  int rank() {
    return dims.length;
  }

  int size() {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    return n;
  }

  int[] dims8() {
    return Arrays.copyOf(dims, MAX_RANK);
  }

  int[] a8() {
    return Arrays.copyOf(a, MAX_RANK);
  }

  int[] b8() {
    return Arrays.copyOf(b, MAX_RANK);
  }
}
