package dev.teak.engine.jvm;

import dev.teak.engine.backend.MatMulGeometry;
import java.util.Arrays;

/**
 * Matrix products. op(B) is packed into panels as wide as a register tile, so that a tile reads it
 * in one stream; A is read where it lies, or packed in blocks where it is transposed. Blocks of
 * rows and of panels go to the threads; a block of A and a panel of B stay in L2.
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
 * <p>Where the result has a row or a few only, packing B would cost more than the product: {@link
 * ThinMatMul} takes those.
 */
final class MatMul {
  private static final int BLOCK_ROWS = 64;

  /** Depth of a panel that is walked at once: 256 x 32 floats are 32 KiB, a part of L1. */
  private static final int BLOCK_DEPTH = 256;

  private static final int BLOCK_PANELS = 8;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;
  private final ThinMatMul thin;

  MatMul(Loops loops, Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
    this.thin = new ThinMatMul(loops, workers);
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
      int co) {}

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
    if (thin.takes(x)) {
      thin.run(x);
      return;
    }
    int width = tile.columns();
    int panels = (x.n + width - 1) / width;
    float[] packed = scratch.shared(panels * x.k * width);
    workers.run(panels, p -> packPanel(x, p, width, packed));
    int rowBlocks = (x.m + BLOCK_ROWS - 1) / BLOCK_ROWS;
    int panelBlocks = (panels + BLOCK_PANELS - 1) / BLOCK_PANELS;
    workers.run(
        rowBlocks * panelBlocks,
        t -> {
          int row = t % rowBlocks * BLOCK_ROWS;
          int panel = t / rowBlocks * BLOCK_PANELS;
          int lastPanel = Math.min(panels, panel + BLOCK_PANELS);
          block(x, packed, row, Math.min(x.m, row + BLOCK_ROWS), panel, lastPanel);
        });
    scratch.giveBack(packed);
  }

  private static void packPanel(Product x, int panel, int width, float[] packed) {
    int from = panel * width;
    int columns = Math.min(width, x.n - from);
    int at = panel * x.k * width;
    if (columns < width) {
      Arrays.fill(packed, at, at + x.k * width, 0);
    }
    if (!x.transposeB) {
      for (int i = 0; i < x.k; i++) {
        System.arraycopy(x.b, x.bo + i * x.n + from, packed, at + i * width, columns);
      }
      return;
    }
    for (int j = 0; j < columns; j++) {
      int row = x.bo + (from + j) * x.k;
      for (int i = 0; i < x.k; i++) {
        packed[at + i * width + j] = x.b[row + i];
      }
    }
  }

  private void block(Product x, float[] packed, int row, int toRow, int firstPanel, int lastPanel) {
    int width = tile.columns();
    float[] t = scratch.local(Scratch.TILE, tile.size());
    int rows = toRow - row;
    float[] rowsPacked = scratch.local(Scratch.A, (rows + Tile.ROWS) * BLOCK_DEPTH);
    if (x.k == 0) {
      Arrays.fill(x.c, x.co + row * x.n, x.co + toRow * x.n, 0);
    }
    for (int k0 = 0; k0 < x.k; k0 += BLOCK_DEPTH) {
      int depth = Math.min(BLOCK_DEPTH, x.k - k0);
      // The last tile of a block may reach beyond A: then it is packed, with zeros.
      int inPlace = x.transposeA ? 0 : rows / Tile.ROWS * Tile.ROWS;
      packRows(x, row + inPlace, toRow, k0, depth, rowsPacked);
      for (int p = firstPanel; p < lastPanel; p++) {
        int panel = (p * x.k + k0) * width;
        int columns = Math.min(width, x.n - p * width);
        for (int i = 0; i < rows; i += Tile.ROWS) {
          if (i < inPlace) {
            int a = x.ao + (row + i) * x.k + k0;
            tile.rows(depth, x.a, a, x.k, packed, panel, tile.zeros(), 0, t, 0);
          } else {
            tile.clear(t, 0);
            int at = (i - inPlace) * depth;
            tile.strided(depth, rowsPacked, at, Tile.ROWS, packed, panel, width, t, 0);
          }
          int at = x.co + (row + i) * x.n + p * width;
          int valid = Math.min(Tile.ROWS, rows - i);
          if (k0 == 0) {
            tile.put(t, x.c, at, x.n, valid, columns);
          } else {
            tile.add(t, x.c, at, x.n, valid, columns);
          }
        }
      }
    }
  }

  /** Rows of A as tiles, step by step: {@code [tile][k][row]}, missing rows as zeros. */
  private static void packRows(Product x, int row, int toRow, int k0, int depth, float[] packed) {
    for (int i = row, to = 0; i < toRow; i += Tile.ROWS, to += depth * Tile.ROWS) {
      int rows = Math.min(Tile.ROWS, toRow - i);
      if (rows < Tile.ROWS) {
        Arrays.fill(packed, to, to + depth * Tile.ROWS, 0);
      }
      for (int k = 0; k < depth; k++) {
        int at = to + k * Tile.ROWS;
        if (x.transposeA) {
          System.arraycopy(x.a, x.ao + (k0 + k) * x.m + i, packed, at, rows);
        } else {
          for (int j = 0; j < rows; j++) {
            packed[at + j] = x.a[x.ao + (i + j) * x.k + k0 + k];
          }
        }
      }
    }
  }
}
