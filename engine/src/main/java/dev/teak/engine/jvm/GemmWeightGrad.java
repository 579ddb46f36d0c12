package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * The gradient of the weight of a convolution with enough channels, as a matrix product {@code
 * [taps x channels, pixels] x [pixels, K]}. A block of pixels at a time, all threads write the
 * patches of the input, 16 elements of each patch in a column of their own, and the panels of the
 * output's gradient; then each thread has parts of the weight to which it adds the block's
 * products.
 */
final class GemmWeightGrad {
  /** Floats of a block's patches and panels: a few MiB, which all threads share. */
  private static final int BLOCK_FLOATS = 1 << 20;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  GemmWeightGrad(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  void run(ConvGeometry g, float[] x, Source dy, float[] dw) {
    new Call(g, x, dy, dw).run();
  }

  /** What the tasks of one call share. */
  private final class Call {
    final ConvGeometry g;
    final Patches patches;
    final Source dy;
    final float[] dw;
    final int width = tile.columns();
    final int depth;
    final int columns;
    final int panels;

    /** Sums of 16 elements' weights to a panel. */
    final int partSums = Tile.STRIP * width;

    final int blockRows;
    final int columnStep;
    final int panelStep;

    Call(ConvGeometry g, float[] x, Source dy, float[] dw) {
      this.g = g;
      this.patches = GemmConvolution.patches(g, x, tile);
      this.dy = dy;
      this.dw = dw;
      this.depth = patches.depth();
      this.columns = (depth + Tile.STRIP - 1) / Tile.STRIP;
      this.panels = (g.k() + width - 1) / width;
      int perPixel = columns * Tile.STRIP + panels * width;
      this.blockRows =
          Math.max(1, Math.min(g.n() * g.p(), BLOCK_FLOATS / perPixel / Math.max(1, g.q())));
      // A cache line more, so that columns do not fall on the same sets.
      this.columnStep = (blockRows * g.q() + 1) * Tile.STRIP;
      this.panelStep = blockRows * g.q() * width + Tile.STRIP;
    }

    void run() {
      float[] x = scratch.shared(Scratch.START + columns * columnStep);
      float[] grads = scratch.shared(Scratch.START + panels * panelStep);
      int parts = columns * panels;
      float[] sums = scratch.shared(Scratch.START + parts * partSums);
      Arrays.fill(sums, 0, Scratch.START + parts * partSums, 0);
      for (int row = 0; row < g.n() * g.p(); row += blockRows) {
        int first = row;
        int count = Math.min(blockRows, g.n() * g.p() - row);
        workers.run(count, i -> write(first + i, i * g.q(), x, grads));
        workers.run(parts, part -> add(part, count * g.q(), x, grads, sums));
      }
      workers.run(parts, part -> weights(part, sums));
      scratch.giveBack(sums);
      scratch.giveBack(grads);
      scratch.giveBack(x);
    }

    /** The patches and the gradient of a row of pixels, the first of which is the slot-th. */
    private void write(int row, int slot, float[] x, float[] grads) {
      int image = row / g.p();
      int p = row % g.p();
      for (int q = 0; q < g.q(); q++) {
        int at = Scratch.START + (slot + q) * Tile.STRIP;
        patches.put(image, p, q, 0, depth, x, at, columnStep);
      }
      float[] line = dy.array();
      int from = row * g.q() * g.k();
      if (line == null) {
        line = scratch.local(Scratch.BAND, g.q() * g.k());
        from = 0;
        dy.row(image, p, line, 0);
      }
      for (int panel = 0; panel < panels; panel++) {
        int valid = Math.min(width, g.k() - panel * width);
        int to = Scratch.START + panel * panelStep + slot * width;
        tile.packPanel(line, from + panel * width, g.k(), valid, g.q(), grads, to);
      }
    }

    private void add(int part, int pixels, float[] x, float[] grads, float[] sums) {
      int a = Scratch.START + part / panels * columnStep;
      int b = Scratch.START + part % panels * panelStep;
      int t = Scratch.START + part * partSums;
      tile.strided(pixels, x, a, Tile.STRIP, grads, b, width, sums, t);
      tile.strided(pixels, x, a + Tile.ROWS, Tile.STRIP, grads, b, width, sums, t + tile.size());
    }

    private void weights(int part, float[] sums) {
      int first = part / panels * Tile.STRIP;
      int rows = Math.min(Tile.STRIP, depth - first);
      int k0 = part % panels * width;
      int from = Scratch.START + part * partSums;
      for (int j = 0; j < Math.min(width, g.k() - k0); j++) {
        for (int i = 0; i < rows; i++) {
          dw[(k0 + j) * depth + first + i] = sums[from + i * width + j];
        }
      }
    }
  }
}
