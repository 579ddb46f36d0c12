package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.jvm.WinogradPoints.Grid;
import dev.teak.engine.jvm.WinogradPoints.Images;
import dev.teak.engine.jvm.WinogradPoints.Layout;
import java.util.Arrays;

/**
 * The gradient of a 3x3 kernel by Winograd's transforms: for each point a product {@code [tiles,
 * C]' x [tiles, K]} of the input's points and those of the output's gradient; then points become
 * taps.
 *
 * <p>All threads transform a block of tiles, then all multiply: a task has a part of the kernel,
 * some input channels by a panel of output channels, and adds the block's products to the part's
 * sums. The sums of a kernel with many channels are larger than its tiles' points. Then all tiles
 * are one block, and a task turns its sums into taps at once: they never leave its L2.
 */
final class WinogradWeightGrad {
  /** Floats of the points of a block: a few MiB, which all threads share. */
  private static final int BLOCK_FLOATS = 1 << 20;

  /** Floats that a single block may have at most. */
  private static final int SINGLE_FLOATS = 4 << 20;

  /** Input channels of a part at most: 36 points x 64 channels x 32 columns are 288 KiB. */
  private static final int PART = 64;

  /** Tasks that keep many threads busy. */
  private static final int TASKS = 16;

  private final Tile tile;
  private final WinogradTransforms transforms;
  private final WinogradPoints points;
  private final Workers workers;
  private final Scratch scratch;

  WinogradWeightGrad(Tile tile, WinogradTransforms transforms, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.transforms = transforms;
    this.points = new WinogradPoints(transforms, scratch);
    this.workers = workers;
    this.scratch = scratch;
  }

  void run(ConvGeometry g, float[] x, Source dy, float[] dw) {
    new Call(g, x, dy, dw).run();
  }

  /** What the tasks of one call share. */
  private final class Call {
    final ConvGeometry g;
    final Images in;
    final Images grad;
    final Grid grid;
    final float[] dw;
    final int width = tile.columns();
    final int panels;
    final int strips;
    final int partChannels;
    final int parts;

    /** Floats of a part's sums: {@code [point][channel][column]}. */
    final int partSums;

    final int blockRows;

    /** A column of a strip for every tile of a block; then the panels of the gradient likewise. */
    final Layout inLayout;

    final Layout gradLayout;

    Call(ConvGeometry g, float[] x, Source dy, float[] dw) {
      this.g = g;
      this.in = Images.padded(g, Source.of(x, g.input()));
      this.grad = new Images(dy, g.n(), g.p(), g.q(), g.k(), 0, 0);
      this.grid = new Grid(g.n(), g.p(), g.q(), transforms.out());
      this.dw = dw;
      this.panels = (g.k() + width - 1) / width;
      this.strips = (g.c() + Tile.STRIP - 1) / Tile.STRIP;
      int most = Math.min(PART, strips * Tile.STRIP);
      while (most > Tile.STRIP && (g.c() + most - 1) / most * panels < TASKS) {
        most = (most / Tile.STRIP + 1) / 2 * Tile.STRIP;
      }
      this.partChannels = most;
      this.parts = (g.c() + partChannels - 1) / partChannels * panels;
      this.partSums = transforms.points() * partChannels * width;
      int perTile = transforms.points() * (strips * Tile.STRIP + panels * width);
      boolean single =
          (long) grid.tiles() * (g.c() + g.k()) <= (long) g.c() * g.k()
              && (long) grid.tiles() * perTile <= SINGLE_FLOATS;
      this.blockRows =
          single
              ? grid.rows()
              : Math.min(grid.rows(), Math.max(1, BLOCK_FLOATS / perTile / grid.across()));
      int tiles = blockRows * grid.across();
      // An odd cache line more, so that columns and points do not fall on the same sets.
      int column = tiles * Tile.STRIP + Tile.STRIP;
      inLayout =
          new Layout(strips * column, tiles, 0, Tile.STRIP, Lanes.blocks(Tile.STRIP, column));
      int panel = tiles * width + Tile.STRIP;
      gradLayout = new Layout(panels * panel, tiles, 0, width, Lanes.blocks(width, panel));
    }

    void run() {
      float[] x = scratch.shared(Scratch.START + transforms.points() * inLayout.point());
      float[] dy = scratch.shared(Scratch.START + transforms.points() * gradLayout.point());
      if (blockRows >= grid.rows()) {
        transform(0, grid.rows(), x, dy);
        workers.run(
            parts,
            part -> {
              float[] sums = scratch.local(Scratch.B, Scratch.START + partSums);
              Arrays.fill(sums, 0, Scratch.START + partSums, 0);
              add(part, 0, transforms.points(), grid.tiles(), x, dy, sums, Scratch.START);
              taps(part, sums, Scratch.START);
            });
      } else {
        float[] sums = scratch.zeros(Scratch.START + parts * partSums);
        for (int row = 0; row < grid.rows(); row += blockRows) {
          int count = Math.min(blockRows, grid.rows() - row);
          transform(row, count, x, dy);
          int side = transforms.in();
          workers.run(
              parts * side,
              i -> {
                int p = i % side * side;
                int part = i / side;
                add(
                    part,
                    p,
                    p + side,
                    count * grid.across(),
                    x,
                    dy,
                    sums,
                    Scratch.START + part * partSums);
              });
        }
        workers.run(parts, part -> taps(part, sums, Scratch.START + part * partSums));
        scratch.giveBack(sums);
      }
      scratch.giveBack(dy);
      scratch.giveBack(x);
    }

    /** Rows of tiles as points. */
    private void transform(int first, int count, float[] x, float[] dy) {
      workers.run(
          2 * count,
          i -> {
            int row = i / 2;
            if (i % 2 == 0) {
              points.ofInput(in, grid, first + row, x, inLayout, row * grid.across());
            } else {
              points.ofGrad(grad, grid, first + row, dy, gradLayout, row * grid.across());
            }
          });
    }

    /** Adds a block's products of some points to a part's sums. */
    private void add(
        int part, int from, int to, int tiles, float[] x, float[] dy, float[] sums, int at) {
      int c0 = part / panels * partChannels;
      int channels = Math.min(partChannels, g.c() - c0);
      int panel = Scratch.START + gradLayout.lanes().at(part % panels * width);
      for (int p = from; p < to; p++) {
        int t = at + p * partChannels * width;
        int b = p * gradLayout.point() + panel;
        for (int c = 0; c < channels; c += Tile.ROWS, t += tile.size()) {
          int a = Scratch.START + p * inLayout.point() + inLayout.lanes().at(c0 + c);
          tile.strided(tiles, x, a, Tile.STRIP, dy, b, width, sums, t);
        }
      }
    }

    /** The weights of a part, from its sums. */
    private void taps(int part, float[] sums, int at) {
      int side = transforms.in();
      int step = partChannels * width;
      float[] taps = scratch.local(Scratch.TAPS, (Tile.STRIP * 9 + 3 * side) * width);
      int down = Tile.STRIP * 9 * width;
      int c0 = part / panels * partChannels;
      int k0 = part % panels * width;
      int columns = Math.min(width, g.k() - k0);
      for (int c = 0; c < Math.min(partChannels, g.c() - c0); c += Tile.STRIP) {
        int channels = Math.min(Tile.STRIP, g.c() - c0 - c);
        for (int i = 0; i < channels; i++) {
          int from = at + (c + i) * width;
          int t = i * 9 * width;
          int line = side * width;
          transforms.kernelGrad(
              sums, from, side * step, step, taps, down, line, width, side, width);
          transforms.kernelGrad(taps, down, width, line, taps, t, width, 3 * width, 3, width);
        }
        for (int j = 0; j < columns * 9; j++) {
          int to = ((k0 + j / 9) * 9 + j % 9) * g.c() + c0 + c;
          for (int i = 0; i < channels; i++) {
            dw[to + i] = taps[(i * 9 + j % 9) * width + j / 9];
          }
        }
      }
    }
  }
}
