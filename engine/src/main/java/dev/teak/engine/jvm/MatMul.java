package dev.teak.engine.jvm;

import dev.teak.engine.backend.MatMulGeometry;
import java.util.Arrays;

/**
 * Matrix products. op(B) is packed into panels as wide as a register tile, so that a tile reads it
 * in one stream; op(A) is read where it lies, or packed in blocks of rows where it is transposed.
 * Blocks of rows and of panels go to the threads; a block of A and a panel of B stay in L2.
 *
 * <pre>
 *            panel: COLUMNS wide, k deep
 *           +----+----+----+
 *           |    |    |    |  op(B), packed
 *           +----+----+----+
 *   +-----+ +----+----+----+
 *   |  A  | |tile|    |    |  block of rows: up to BLOCK_ROWS, tiles of ROWS x COLUMNS
 *   +-----+ +----+----+----+
 * </pre>
 */
final class MatMul {
  private static final int BLOCK_ROWS = 64;

  /** Depth of a panel that is walked at once: 512 x 32 floats are 64 KiB, a part of L2. */
  private static final int BLOCK_DEPTH = 512;

  private static final int BLOCK_PANELS = 8;

  private final Loops loops;
  private final Workers workers;
  private final Scratch scratch;

  MatMul(Loops loops, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  void run(MatMulGeometry g, float[] a, float[] b, float[] c) {
    if (g.sharedB() && !g.sharedA() && !g.transposeA()) {
      // Rows of all products against one B: a single, taller product.
      one(
          new MatMulGeometry(1, g.batch() * g.m(), g.n(), g.k(), false, g.transposeB(), true, true),
          a,
          0,
          b,
          0,
          c,
          0);
      return;
    }
    for (int i = 0; i < g.batch(); i++) {
      one(g, a, i * g.strideA(), b, i * g.strideB(), c, i * g.m() * g.n());
    }
  }

  private void one(MatMulGeometry g, float[] a, int ao, float[] b, int bo, float[] c, int co) {
    int m = g.m();
    int n = g.n();
    if (m == 0 || n == 0) {
      return;
    }
    int width = loops.columns();
    int panels = (n + width - 1) / width;
    float[] packed = scratch.shared(panels * g.k() * width);
    workers.run(panels, p -> packPanel(g, b, bo, p, width, packed));
    int rowBlocks = (m + BLOCK_ROWS - 1) / BLOCK_ROWS;
    int panelBlocks = (panels + BLOCK_PANELS - 1) / BLOCK_PANELS;
    workers.run(
        rowBlocks * panelBlocks,
        t -> {
          int rows = t % rowBlocks * BLOCK_ROWS;
          int first = t / rowBlocks * BLOCK_PANELS;
          int last = Math.min(panels, first + BLOCK_PANELS);
          block(g, a, ao, packed, c, co, rows, Math.min(m, rows + BLOCK_ROWS), first, last);
        });
    scratch.giveBack(packed);
  }

  private static void packPanel(
      MatMulGeometry g, float[] b, int bo, int panel, int width, float[] packed) {
    int k = g.k();
    int n = g.n();
    int from = panel * width;
    int columns = Math.min(width, n - from);
    int at = panel * k * width;
    if (columns < width) {
      Arrays.fill(packed, at, at + k * width, 0);
    }
    if (!g.transposeB()) {
      for (int i = 0; i < k; i++) {
        System.arraycopy(b, bo + i * n + from, packed, at + i * width, columns);
      }
      return;
    }
    for (int j = 0; j < columns; j++) {
      int row = bo + (from + j) * k;
      for (int i = 0; i < k; i++) {
        packed[at + i * width + j] = b[row + i];
      }
    }
  }

  private void block(
      MatMulGeometry g,
      float[] a,
      int ao,
      float[] packed,
      float[] c,
      int co,
      int fromRow,
      int toRow,
      int firstPanel,
      int lastPanel) {
    int width = loops.columns();
    int n = g.n();
    for (int i = fromRow; i < toRow; i++) {
      int from = co + i * n + firstPanel * width;
      Arrays.fill(c, from, Math.min(from + (lastPanel - firstPanel) * width, co + (i + 1) * n), 0);
    }
    int rows = toRow - fromRow;
    int tiles = (rows + Loops.ROWS - 1) / Loops.ROWS;
    float[] rowsPacked = scratch.local(0, tiles * Loops.ROWS * BLOCK_DEPTH);
    float[] edge = scratch.local(1, Loops.ROWS * width);
    for (int k0 = 0; k0 < g.k(); k0 += BLOCK_DEPTH) {
      int depth = Math.min(BLOCK_DEPTH, g.k() - k0);
      packRows(g, a, ao, fromRow, rows, k0, depth, rowsPacked);
      Taps taps = Taps.one(depth, 1, Loops.ROWS, width);
      for (int p = firstPanel; p < lastPanel; p++) {
        int panel = (p * g.k() + k0) * width;
        int columns = Math.min(width, n - p * width);
        for (int t = 0; t < tiles; t++) {
          int at = co + (fromRow + t * Loops.ROWS) * n + p * width;
          int valid = Math.min(Loops.ROWS, rows - t * Loops.ROWS);
          int from = t * Loops.ROWS * depth;
          Tiles.add(loops, taps, rowsPacked, from, packed, panel, c, at, n, valid, columns, edge);
        }
      }
    }
  }

  /** Tiles of ROWS rows, step by step: {@code [tile][k][row]}, missing rows as zeros. */
  private static void packRows(
      MatMulGeometry g,
      float[] a,
      int ao,
      int fromRow,
      int rows,
      int k0,
      int depth,
      float[] packed) {
    int tiles = (rows + Loops.ROWS - 1) / Loops.ROWS;
    for (int i = 0; i < tiles * Loops.ROWS; i++) {
      int at = i / Loops.ROWS * Loops.ROWS * depth + i % Loops.ROWS;
      if (i >= rows) {
        for (int k = 0; k < depth; k++) {
          packed[at + k * Loops.ROWS] = 0;
        }
      } else if (g.transposeA()) {
        int from = ao + k0 * g.m() + fromRow + i;
        for (int k = 0; k < depth; k++) {
          packed[at + k * Loops.ROWS] = a[from + k * g.m()];
        }
      } else {
        int from = ao + (fromRow + i) * g.k() + k0;
        for (int k = 0; k < depth; k++) {
          packed[at + k * Loops.ROWS] = a[from + k];
        }
      }
    }
  }
}
