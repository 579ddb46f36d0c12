package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.ReduceFunction;
import java.util.Arrays;

/**
 * Reductions of the middle axis of {@code [outer, extent, inner]}. The order of additions depends
 * on the shape alone: blocks of fixed size, their partial results combined from first to last.
 */
final class Reductions {
  /** Most rows that make one block. */
  private static final int BLOCK = 4096;

  /** Fewest, so that there are few results of blocks. */
  private static final int FEWEST = 64;

  /** Columns of rows that are taken piece by piece, and of a piece. */
  private static final int WIDE = 4096;

  private static final int PIECE = 512;

  private final Loops loops;
  private final Workers workers;
  private final Scratch scratch;

  Reductions(Loops loops, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  void reduce(ReduceFunction f, float[] x, int outer, int extent, int inner, float[] y) {
    if (outer * inner == 0) {
      return;
    }
    if (extent == 0) {
      Arrays.fill(y, 0, outer * inner, f == ReduceFunction.SUM ? 0 : Float.NEGATIVE_INFINITY);
    } else if (inner == 1) {
      rows(f, x, outer, extent, y);
    } else if (f == ReduceFunction.SUM) {
      columnSums(x, outer, extent, inner, y);
    } else {
      columnMaxima(x, outer, extent, inner, y);
    }
  }

  private void rows(ReduceFunction f, float[] x, int outer, int extent, float[] y) {
    int grain = Elementwise.GRAIN;
    int pieces = (extent - 1) / grain + 1;
    // Pieces of long rows, so that a row's sum is the same whether it is alone or not.
    double[] partial = new double[outer * pieces];
    workers.ranges(
        outer * pieces,
        Math.max(1, grain / extent),
        (first, last) -> {
          for (int i = first; i < last; i++) {
            int from = i % pieces * grain;
            int n = Math.min(grain, extent - from);
            partial[i] = reduced(f, x, i / pieces * extent + from, n);
          }
        });
    for (int i = 0; i < outer; i++) {
      double all = partial[i * pieces];
      for (int j = i * pieces + 1; j < (i + 1) * pieces; j++) {
        all = f == ReduceFunction.SUM ? all + partial[j] : Math.max(all, partial[j]);
      }
      y[i] = (float) all;
    }
  }

  private double reduced(ReduceFunction f, float[] x, int from, int n) {
    return f == ReduceFunction.SUM ? loops.sum(x, from, n) : loops.max(x, from, n);
  }

  /** Lanes run along {@code inner}; long columns are summed in blocks of rows, side by side. */
  private void columnSums(float[] x, int outer, int extent, int inner, float[] y) {
    if (inner >= WIDE) {
      wideSums(x, outer, extent, inner, y);
      return;
    }
    int block = Math.max(FEWEST, Math.min(BLOCK, Elementwise.GRAIN / inner));
    int blocks = (extent - 1) / block + 1;
    if (blocks == 1) {
      workers.ranges(
          outer,
          Math.max(1, Elementwise.GRAIN / (extent * inner)),
          (from, to) -> {
            double[] sums = new double[inner];
            for (int o = from; o < to; o++) {
              Arrays.fill(sums, 0);
              addColumns(x, o * extent * inner, extent, inner, sums, 0);
              for (int i = 0; i < inner; i++) {
                y[o * inner + i] = (float) sums[i];
              }
            }
          });
      return;
    }
    double[] partial = new double[outer * blocks * inner];
    workers.run(
        outer * blocks,
        c -> {
          int from = c % blocks * block;
          int rows = Math.min(extent - from, block);
          addColumns(x, (c / blocks * extent + from) * inner, rows, inner, partial, c * inner);
        });
    for (int o = 0; o < outer; o++) {
      double[] sums = new double[inner];
      for (int b = 0; b < blocks; b++) {
        for (int i = 0; i < inner; i++) {
          sums[i] += partial[(o * blocks + b) * inner + i];
        }
      }
      for (int i = 0; i < inner; i++) {
        y[o * inner + i] = (float) sums[i];
      }
    }
  }

  /** Pieces of wide rows, each down to the last row. */
  private void wideSums(float[] x, int outer, int extent, int inner, float[] y) {
    int pieces = (inner - 1) / PIECE + 1;
    workers.run(
        outer * pieces,
        c -> {
          int column = c % pieces * PIECE;
          int width = Math.min(PIECE, inner - column);
          double[] sums = new double[width];
          loops.addRows(x, c / pieces * extent * inner + column, extent, inner, width, sums);
          for (int i = 0; i < width; i++) {
            y[c / pieces * inner + column + i] = (float) sums[i];
          }
        });
  }

  private void addColumns(float[] x, int first, int rows, int inner, double[] to, int at) {
    double[] room = ColumnSums.room(inner);
    ColumnSums.run(
        first,
        rows,
        inner,
        (from, count, width) -> loops.addRows(x, from, count, width, width, room));
    ColumnSums.fold(room, inner, to, at);
  }

  /** As of {@link #columnSums}. */
  private void columnMaxima(float[] x, int outer, int extent, int inner, float[] y) {
    int block = Math.max(1, Math.min(BLOCK, Elementwise.GRAIN / inner));
    int blocks = (extent - 1) / block + 1;
    float[] partial = blocks == 1 ? y : scratch.shared(outer * blocks * inner);
    workers.run(
        outer * blocks,
        c -> {
          int o = c / blocks;
          int from = c % blocks * block;
          int to = Math.min(extent, from + block);
          maxOfRows(x, (o * extent + from) * inner, to - from, inner, partial, c * inner);
        });
    if (blocks > 1) {
      for (int o = 0; o < outer; o++) {
        maxOfRows(partial, o * blocks * inner, blocks, inner, y, o * inner);
      }
      scratch.giveBack(partial);
    }
  }

  private void maxOfRows(float[] x, int from, int rows, int inner, float[] y, int at) {
    System.arraycopy(x, from, y, at, inner);
    for (int r = 1; r < rows; r++) {
      loops.binary(BinaryFunction.MAX, y, at, x, from + r * inner, y, at, inner);
    }
  }

  void argMax(float[] x, int outer, int extent, int inner, int[] y) {
    workers.ranges(
        outer * inner,
        Math.max(1, Elementwise.GRAIN / Math.max(1, extent)),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int base = i / inner * extent * inner + i % inner;
            y[i] = argMax(x, base, extent, inner);
          }
        });
  }

  private static int argMax(float[] x, int base, int extent, int inner) {
    int best = 0;
    float most = x[base];
    for (int e = 1; e < extent && !Float.isNaN(most); e++) {
      float v = x[base + e * inner];
      if (v > most || Float.isNaN(v)) {
        most = v;
        best = e;
      }
    }
    return best;
  }

  /** Softmax of each row, or its logarithm, in three passes over a row that stays in L1. */
  void softmax(float[] x, int rows, int columns, float[] y, boolean log) {
    workers.ranges(
        rows,
        Math.max(1, Elementwise.GRAIN / columns),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            softmaxRow(x, r * columns, columns, largest(x, r * columns, columns), y, log);
          }
        });
  }

  private static float largest(float[] x, int at, int n) {
    float most = x[at];
    for (int i = 1; i < n; i++) {
      most = Math.max(most, x[at + i]);
    }
    return most;
  }

  /** Returns the logarithm of the sum of exp(x - most). */
  private static float softmaxRow(float[] x, int at, int n, float most, float[] y, boolean log) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double e = Math.exp(x[at + i] - most);
      sum += e;
      y[at + i] = log ? x[at + i] - most : (float) e;
    }
    float shift = (float) Math.log(sum);
    float scale = (float) (1 / sum);
    for (int i = 0; i < n; i++) {
      y[at + i] = log ? y[at + i] - shift : y[at + i] * scale;
    }
    return shift;
  }

  /** Softmax of each row and its cross-entropy with a label. */
  void crossEntropy(float[] x, int[] labels, int rows, int classes, float[] p, float[] loss) {
    workers.ranges(
        rows,
        Math.max(1, Elementwise.GRAIN / classes),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            int at = r * classes;
            float most = largest(x, at, classes);
            float label = x[at + labels[r]] - most;
            loss[r] = softmaxRow(x, at, classes, most, p, false) - label;
          }
        });
  }

  void crossEntropyGrad(float[] p, int[] labels, float[] g, int rows, int classes, float[] y) {
    workers.ranges(
        rows,
        Math.max(1, Elementwise.GRAIN / classes),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            int label = r * classes + labels[r];
            double others = 0;
            for (int i = r * classes; i < (r + 1) * classes; i++) {
              y[i] = p[i] * g[r];
              others += i == label ? 0 : p[i];
            }
            y[label] = (float) -others * g[r];
          }
        });
  }
}
