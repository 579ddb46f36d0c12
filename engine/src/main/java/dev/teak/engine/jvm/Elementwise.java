package dev.teak.engine.jvm;

import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.backend.StridedCopy;

/** Elementwise work over whole tensors: cut into ranges, broadcasts walked row by row. */
final class Elementwise {
  /**
   * Elements a range: small enough for L2 with three operands, large enough to be worth a thread.
   */
  static final int GRAIN = 1 << 15;

  private final Loops loops;
  private final Workers workers;

  Elementwise(Loops loops, Workers workers) {
    this.loops = loops;
    this.workers = workers;
  }

  void binary(BinaryFunction f, float[] a, Shape as, float[] b, Shape bs, float[] y, Shape ys) {
    int n = ys.size();
    if (n == 0) {
      return;
    }
    if (as.size() == n && bs.size() == n) {
      workers.ranges(n, GRAIN, (from, to) -> loops.binary(f, a, from, b, from, y, from, to - from));
    } else if (bs.size() == 1 && as.size() == n) {
      float s = b[0];
      workers.ranges(
          n, GRAIN, (from, to) -> loops.binary(f, a, from, s, false, y, from, to - from));
    } else {
      broadcast(f, a, as, b, bs, y, ys);
    }
  }

  /** Rows along the last joined axis; each operand either moves along it or stands still. */
  private void broadcast(
      BinaryFunction f, float[] a, Shape as, float[] b, Shape bs, float[] y, Shape ys) {
    // Both operands' strides go through one joining: the copy's source is A, its destination B.
    int[] dims = ys.dims();
    StridedCopy joined = new StridedCopy(dims, 0, strides(as, ys), 0, strides(bs, ys)).simplified();
    int[] d = joined.dims();
    int last = d.length - 1;
    int inner = last < 0 ? 1 : d[last];
    int aStep = last < 0 ? 1 : joined.srcStrides()[last];
    int bStep = last < 0 ? 1 : joined.dstStrides()[last];
    int rows = ys.size() / inner;
    int grain = Math.max(1, GRAIN / inner);
    workers.ranges(
        rows,
        grain,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int ao = offset(row, d, joined.srcStrides());
            int bo = offset(row, d, joined.dstStrides());
            row(f, a, ao, aStep, b, bo, bStep, y, row * inner, inner);
          }
        });
  }

  private void row(
      BinaryFunction f,
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      int bStep,
      float[] y,
      int yo,
      int n) {
    if (aStep == 1 && bStep == 1) {
      loops.binary(f, a, ao, b, bo, y, yo, n);
    } else if (aStep == 1 && bStep == 0) {
      loops.binary(f, a, ao, b[bo], false, y, yo, n);
    } else if (aStep == 0 && bStep == 1) {
      loops.binary(f, b, bo, a[ao], true, y, yo, n);
    } else {
      for (int i = 0; i < n; i++) {
        y[yo + i] = (float) f.apply(a[ao + i * aStep], b[bo + i * bStep]);
      }
    }
  }

  /** Offset of a row, counted over all axes but the last. */
  private static int offset(int row, int[] dims, int[] strides) {
    int offset = 0;
    for (int i = dims.length - 2; i >= 0; i--) {
      offset += row % dims[i] * strides[i];
      row /= dims[i];
    }
    return offset;
  }

  private static int[] strides(Shape from, Shape to) {
    int[] own = from.strides();
    int[] out = new int[to.rank()];
    int lead = to.rank() - from.rank();
    for (int i = 0; i < from.rank(); i++) {
      out[lead + i] = from.dim(i) == 1 ? 0 : own[i];
    }
    return out;
  }

  void binary(IntFunction f, int[] a, int[] b, int[] y, int n) {
    workers.ranges(
        n,
        GRAIN,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            y[i] = f.apply(a[i], b[i]);
          }
        });
  }

  void cast(Object x, Object y, int n) {
    workers.ranges(
        n,
        GRAIN,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            put(y, i, get(x, i));
          }
        });
  }

  /** Any element as a double, which holds all of them exactly. */
  private static double get(Object x, int i) {
    return x instanceof float[] floats
        ? floats[i]
        : x instanceof int[] ints ? ints[i] : Byte.toUnsignedInt(((byte[]) x)[i]);
  }

  /** Java's own conversion cuts off, keeps within bounds and takes NaN to 0. */
  private static void put(Object y, int i, double v) {
    if (y instanceof float[] floats) {
      floats[i] = (float) v;
    } else if (y instanceof int[] ints) {
      ints[i] = (int) v;
    } else {
      ((byte[]) y)[i] = (byte) Math.max(0, Math.min(255, (int) v));
    }
  }

  /** Moves elements of any type; rows that lie contiguously on both sides go as blocks. */
  void copy(Object src, Object dst, StridedCopy how) {
    StridedCopy h = how.simplified();
    if (how.size() == 0) {
      return;
    }
    int[] d = h.dims();
    int last = d.length - 1;
    int inner = last < 0 ? 1 : d[last];
    int from = last < 0 ? 1 : h.srcStrides()[last];
    int to = last < 0 ? 1 : h.dstStrides()[last];
    int rows = how.size() / inner;
    workers.ranges(
        rows,
        Math.max(1, GRAIN / inner),
        (begin, end) -> {
          for (int row = begin; row < end; row++) {
            int s = h.srcOffset() + offset(row, d, h.srcStrides());
            int t = h.dstOffset() + offset(row, d, h.dstStrides());
            copyRow(src, s, from, dst, t, to, inner);
          }
        });
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one type: the contract
  private static void copyRow(Object src, int s, int from, Object dst, int t, int to, int n) {
    if (from == 1 && to == 1) {
      System.arraycopy(src, s, dst, t, n);
    } else if (src instanceof float[] x) {
      float[] y = (float[]) dst;
      for (int i = 0; i < n; i++) {
        y[t + i * to] = x[s + i * from];
      }
    } else if (src instanceof int[] x) {
      int[] y = (int[]) dst;
      for (int i = 0; i < n; i++) {
        y[t + i * to] = x[s + i * from];
      }
    } else {
      byte[] x = (byte[]) src;
      byte[] y = (byte[]) dst;
      for (int i = 0; i < n; i++) {
        y[t + i * to] = x[s + i * from];
      }
    }
  }
}
