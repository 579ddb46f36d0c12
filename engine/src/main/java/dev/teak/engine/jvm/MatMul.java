package dev.teak.engine.jvm;

import dev.teak.engine.backend.MatMulGeometry;
import java.util.Arrays;

/**
 * Matrix products. op(B) is packed into panels as wide as a register tile, so that a tile reads it
 * in one stream; blocks of op(A) are packed into strips. Blocks of rows and of panels go to the
 * threads; a block of A stays in L2, and what a tile reads of a panel of B in L1.
 *
 * <pre>
 *            panel: columns() wide, k deep
 *           +----+----+----+
 *           |    |    |    |  op(B), packed
 *           +----+----+----+
 *   +-----+ +----+----+----+
 *   |  A  | |tile|    |    |  block of rows: up to BLOCK_ROWS, tiles of ROWS x columns()
 *   +-----+ +----+----+----+
 * </pre>
 *
 * <p>Whatever its size, an element of a result of two or more columns is summed in the same order,
 * one product after the other: so a row's result does not depend on how many rows are with it.
 */
final class MatMul {
  /** Rows of a block: with BLOCK_PANELS panels its sums are 128 KiB. */
  private static final int BLOCK_ROWS = 64;

  private static final int BLOCK_PANELS = 16;

  /** Scalar products that a task does. */
  private static final int DOTS = 64;

  private final Loops loops;
  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  MatMul(Loops loops, Tile tile, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** A product in the arrays that hold it. */
  record Product(
      int m,
      int n,
      int k,
      boolean transposeA,
      boolean transposeB,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] c,
      int co) {
    /** Steps of a panel of B: even, as the tile wants them. */
    int steps() {
      return k + k % 2;
    }
  }

  void run(MatMulGeometry g, float[] a, float[] b, float[] c) {
    if (g.sharedB() && !g.sharedA() && !g.transposeA()) {
      // Rows of all products against one B: a single, taller product.
      int rows = g.batch() * g.m();
      one(new Product(rows, g.n(), g.k(), false, g.transposeB(), a, 0, b, 0, c, 0));
      return;
    }
    for (int i = 0; i < g.batch(); i++) {
      int ao = i * g.strideA();
      int bo = i * g.strideB();
      int co = i * g.m() * g.n();
      one(new Product(g.m(), g.n(), g.k(), g.transposeA(), g.transposeB(), a, ao, b, bo, c, co));
    }
  }

  private void one(Product x) {
    if (x.m == 0 || x.n == 0) {
      return;
    }
    if (x.k == 0) {
      Arrays.fill(x.c, x.co, x.co + x.m * x.n, 0);
      return;
    }
    int width = tile.columns();
    int panels = (x.n + width - 1) / width;
    if (x.n == 1 && !x.transposeA) {
      column(x);
    } else if (x.m <= Tile.ROWS) {
      workers.run(panels, p -> strip(x, p, width));
    } else {
      blocks(x, panels, width);
    }
  }

  /** A matrix times a vector: both are read where they lie. */
  private void column(Product x) {
    workers.ranges(
        x.m,
        DOTS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            x.c[x.co + i] = loops.dot(x.a, x.ao + i * x.k, x.b, x.bo, x.k);
          }
        });
  }

  /** A panel that only one tile's rows are multiplied with: nobody else needs it packed. */
  private void strip(Product x, int panel, int width) {
    float[] packed = scratch.local(Scratch.KERNEL, Scratch.START + x.steps() * width);
    packPanel(x, panel, width, packed, Scratch.START);
    block(x, packed, Scratch.START, 0, x.m, panel, panel + 1);
  }

  private void blocks(Product x, int panels, int width) {
    float[] packed = scratch.shared(Scratch.START + panels * x.steps() * width);
    workers.run(panels, p -> packPanel(x, p, width, packed, panelAt(x, p)));
    int rowBlocks = (x.m + BLOCK_ROWS - 1) / BLOCK_ROWS;
    int panelBlocks = (panels + BLOCK_PANELS - 1) / BLOCK_PANELS;
    workers.run(
        rowBlocks * panelBlocks,
        t -> {
          int row = t % rowBlocks * BLOCK_ROWS;
          int panel = t / rowBlocks * BLOCK_PANELS;
          int lastPanel = Math.min(panels, panel + BLOCK_PANELS);
          int lastRow = Math.min(x.m, row + BLOCK_ROWS);
          block(x, packed, panelAt(x, panel), row, lastRow, panel, lastPanel);
        });
    scratch.giveBack(packed);
  }

  private int panelAt(Product x, int panel) {
    return Scratch.START + panel * x.steps() * tile.columns();
  }

  /** Columns of op(B), missing ones as zeros; so is a step that only makes their number even. */
  private void packPanel(Product x, int panel, int width, float[] packed, int at) {
    int from = panel * width;
    int columns = Math.min(width, x.n - from);
    Arrays.fill(packed, at + x.k * width, at + x.steps() * width, 0);
    if (!x.transposeB) {
      tile.packPanel(x.b, x.bo + from, x.n, columns, x.k, packed, at);
      return;
    }
    tile.packPanelTransposed(x.b, x.bo + from * x.k, x.k, columns, x.k, packed, at);
  }

  /** Some rows of some panels, the first of which is packed at {@code at}. */
  private void block(
      Product x, float[] packed, int at, int row, int toRow, int firstPanel, int lastPanel) {
    int width = tile.columns();
    int groups = (toRow - row + Tile.ROWS - 1) / Tile.ROWS;
    int panels = lastPanel - firstPanel;
    float[] strips =
        scratch.local(Scratch.A, Scratch.START + groups * Tile.stripped(Tile.BLOCK_DEPTH));
    // The sums stay here, tile behind tile, until they are whole: rows of C may lie a page apart.
    float[] sums = scratch.local(Scratch.B, Scratch.START + groups * panels * tile.size());
    for (int k0 = 0; k0 < x.steps(); k0 += Tile.BLOCK_DEPTH) {
      int depth = Math.min(Tile.BLOCK_DEPTH, x.steps() - k0);
      packRows(x, row, toRow, k0, strips);
      float[] from = k0 == 0 ? tile.zeros() : null;
      int b = at + k0 * width;
      tile.block(depth, groups, strips, packed, b, x.steps() * width, panels, from, 0, 0, sums);
    }
    for (int i = row; i < toRow; i++) {
      int from =
          Scratch.START + (i - row) / Tile.ROWS * tile.size() + (i - row) % Tile.ROWS * width;
      for (int p = 0; p < panels; p++) {
        int column = (firstPanel + p) * width;
        int columns = Math.min(width, x.n - column);
        int to = x.co + i * x.n + column;
        tile.putRow(sums, from + p * groups * tile.size(), x.c, to, columns);
      }
    }
  }

  /** Rows of op(A) from step {@code k0} in strips; what is not there as zeros. */
  private void packRows(Product x, int row, int toRow, int k0, float[] strips) {
    int steps = Math.min(Tile.BLOCK_DEPTH, x.k - k0);
    int size = Tile.stripped(steps);
    for (int i = row, to = Scratch.START; i < toRow; i += Tile.ROWS, to += size) {
      int rows = Math.min(Tile.ROWS, toRow - i);
      if (x.transposeA) {
        packColumns(x, i, rows, k0, steps, strips, to);
      } else {
        tile.packRows(x.a, x.ao + i * x.k + k0, x.k, rows, steps, strips, to);
      }
    }
  }

  private static void packColumns(
      Product x, int i, int rows, int k0, int steps, float[] strips, int to) {
    if (rows < Tile.ROWS || steps % Tile.STRIP != 0) {
      Arrays.fill(strips, to, to + Tile.stripped(steps), 0);
    }
    for (int k = 0; k < steps; k++) {
      int from = x.ao + (k0 + k) * x.m + i;
      int at = to + k / Tile.STRIP * Tile.STRIP * Tile.ROWS + k % Tile.STRIP;
      for (int j = 0; j < rows; j++) {
        strips[at + j * Tile.STRIP] = x.a[from + j];
      }
    }
  }
}
