package dev.teak.engine.jvm;

import dev.teak.engine.backend.IndexGeometry;
import java.util.Arrays;

/**
 * What is done through indices, and along lines of {@code [outer, extent, inner]}. A line belongs
 * to one thread from its first entry to its last, so that sums have one order.
 */
final class Indexing {
  /** Neighbouring lines that a thread takes together. */
  private static final int PIECE = 512;

  private final Workers workers;

  Indexing(Workers workers) {
    this.workers = workers;
  }

  /** Moves elements of any type. */
  void gather(IndexGeometry g, Object x, int[] index, Object y) {
    int inner = g.inner();
    workers.ranges(
        g.outer() * g.count(),
        Math.max(1, Elementwise.GRAIN / Math.max(1, inner)),
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int o = row / g.count();
            int at = o * g.outerStride() + row % g.count() * g.countStride();
            gatherRow(x, o * g.extent() * inner, index, at, g.sharedInner(), y, row * inner, inner);
          }
        });
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one type: the contract
  private static void gatherRow(
      Object src, int line, int[] index, int at, boolean shared, Object dst, int to, int n) {
    if (shared) {
      System.arraycopy(src, line + index[at] * n, dst, to, n);
    } else if (src instanceof float[] x) {
      float[] y = (float[]) dst;
      for (int i = 0; i < n; i++) {
        y[to + i] = x[line + index[at + i] * n + i];
      }
    } else if (src instanceof int[] x) {
      int[] y = (int[]) dst;
      for (int i = 0; i < n; i++) {
        y[to + i] = x[line + index[at + i] * n + i];
      }
    } else {
      byte[] x = (byte[]) src;
      byte[] y = (byte[]) dst;
      for (int i = 0; i < n; i++) {
        y[to + i] = x[line + index[at + i] * n + i];
      }
    }
  }

  void scatterAdd(IndexGeometry g, float[] src, int[] index, float[] y) {
    Arrays.fill(y, 0, (int) g.lineSize(), 0);
    eachPiece(
        g.outer(),
        g.inner(),
        (o, first, width) -> {
          for (int j = 0; j < g.count(); j++) {
            int from = (o * g.count() + j) * g.inner() + first;
            int at = o * g.outerStride() + j * g.countStride() + first * g.innerStride();
            for (int i = 0; i < width; i++) {
              int k = index[at + i * g.innerStride()];
              y[(o * g.extent() + k) * g.inner() + first + i] += src[from + i];
            }
          }
        });
  }

  void cumSum(float[] x, int outer, int extent, int inner, float[] y) {
    eachPiece(
        outer,
        inner,
        (o, first, width) -> {
          double[] sums = new double[width];
          for (int e = 0; e < extent; e++) {
            int at = (o * extent + e) * inner + first;
            for (int i = 0; i < width; i++) {
              sums[i] += x[at + i];
              y[at + i] = (float) sums[i];
            }
          }
        });
  }

  void argSort(float[] x, int outer, int extent, int inner, int k, boolean descending, int[] y) {
    workers.ranges(
        outer * inner,
        Math.max(1, Elementwise.GRAIN / Math.max(1, extent)),
        (from, to) -> {
          long[] keys = new long[extent];
          for (int line = from; line < to; line++) {
            int o = line / inner;
            int i = line % inner;
            for (int e = 0; e < extent; e++) {
              int order = order(x[(o * extent + e) * inner + i]);
              keys[e] = (long) (descending ? ~order : order) << 32 | e;
            }
            Arrays.sort(keys); // by size, then by place, which is the key's lower half
            for (int j = 0; j < k; j++) {
              y[(o * k + j) * inner + i] = (int) keys[j];
            }
          }
        });
  }

  /** An int that is ordered as floats are, -0 and 0 being one and NaN largest. */
  private static int order(float v) {
    int bits = Float.floatToIntBits(v + 0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }

  /** Some neighbouring lines: from {@code first} on, within one outer place. */
  private interface Piece {
    void run(int outer, int first, int width);
  }

  private void eachPiece(int outer, int inner, Piece body) {
    int pieces = (inner + PIECE - 1) / PIECE;
    workers.run(
        outer * pieces,
        c -> {
          int first = c % pieces * PIECE;
          body.run(c / pieces, first, Math.min(PIECE, inner - first));
        });
  }
}
