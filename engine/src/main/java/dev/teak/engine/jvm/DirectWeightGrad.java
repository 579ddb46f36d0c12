package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * The gradient of a convolution's weight, for convolutions of any kind. It is a product {@code [R S
 * C, pixels] x [pixels, K]}: the rows of a tile are taps and channels of the padded input, found by
 * a table; its columns output channels; its steps the pixels of some images.
 *
 * <p>Some images at a time are padded for all threads; then each thread has tiles of its own. Where
 * there are few tiles, the images are dealt out to several sums of each, which are added up in
 * order: how many depends on the shape alone.
 */
final class DirectWeightGrad {
  /** Floats of images that are padded at once: a part of L2. */
  private static final int BLOCK = 1 << 18;

  /** Tiles, times sums of each, that keep many threads busy. */
  private static final int TASKS = 32;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  DirectWeightGrad(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  void run(ConvGeometry g, Source x, Source dy, float[] dw) {
    new Sum(g, x, dy).run(dw);
  }

  /** What the parts of one call share. */
  private final class Sum {
    final ConvGeometry g;
    final Source x;
    final Source dy;
    final int height;
    final int wide;
    final int imageSize;
    final int pixels;

    /** Rows of a group's product: R S C. */
    final int rows;

    final int panels;

    /** Tiles of all groups, row after row. */
    final int tiles;

    final int parts;

    Sum(ConvGeometry g, Source x, Source dy) {
      this.g = g;
      this.x = x;
      this.dy = dy;
      this.height = g.rows().seen();
      this.wide = g.columns().seen();
      this.imageSize = height * wide * g.c();
      this.pixels = g.p() * g.q();
      this.rows = g.r() * g.s() * g.cGroup();
      this.panels = (g.kGroup() + tile.columns() - 1) / tile.columns();
      this.tiles = g.groups() * ((rows + Tile.ROWS - 1) / Tile.ROWS) * panels;
      this.parts = Math.max(1, Math.min(g.n(), TASKS / Math.max(1, tiles)));
    }

    void run(float[] dw) {
      int gradSize = pixels * g.k();
      int block = Math.max(1, Math.min(g.n(), BLOCK / Math.max(1, imageSize + gradSize)));
      block = Math.max(block, Math.min(g.n(), parts));
      // Tiles that reach beyond the last channel read past the end.
      float[] images = scratch.shared(block * imageSize + Tile.ROWS);
      float[] grads = scratch.shared(block * gradSize + tile.columns());
      float[] sums = scratch.shared(parts * tiles * tile.size());
      Arrays.fill(sums, 0, parts * tiles * tile.size(), 0);
      int[] stepAt = steps(block);
      for (int from = 0; from < g.n(); from += block) {
        int first = from;
        int count = Math.min(block, g.n() - from);
        workers.run(count, i -> place(first + i, i, images, grads));
        workers.run(tiles * parts, t -> add(t, count, stepAt, images, grads, sums));
      }
      workers.run(g.k(), k -> gather(k, sums, dw));
      scratch.giveBack(sums);
      scratch.giveBack(grads);
      scratch.giveBack(images);
    }

    /** Where the pixels of a block lie in the padded images. */
    private int[] steps(int block) {
      int[] at = new int[block * pixels];
      for (int i = 0; i < at.length; i++) {
        int pixel = i % pixels;
        int down = pixel / g.q() * g.rows().stride();
        int corner = down * wide + pixel % g.q() * g.columns().stride();
        at[i] = i / pixels * imageSize + corner * g.c();
      }
      return at;
    }

    /** An image with its padding, and the gradient of its output. */
    private void place(int i, int slot, float[] images, float[] grads) {
      int at = slot * imageSize;
      Arrays.fill(images, at, at + imageSize, 0);
      float[] row = scratch.local(Scratch.BAND, g.w() * g.c());
      int top = g.rows().before();
      int left = g.columns().before();
      int columns = Math.min(g.w(), wide - left) * g.c();
      for (int h = 0; columns > 0 && h < Math.min(g.h(), height - top); h++) {
        x.row(i, h, row, 0);
        int to = at + ((h + top) * wide + left) * g.c();
        System.arraycopy(row, 0, images, to, columns);
      }
      for (int p = 0; p < g.p(); p++) {
        dy.row(i, p, grads, (slot * g.p() + p) * g.q() * g.k());
      }
    }

    /** What a part of a block's images adds to a tile. */
    private void add(
        int task, int count, int[] stepAt, float[] images, float[] grads, float[] sums) {
      int t = task % tiles;
      int part = task / tiles;
      int from = count * part / parts;
      int depth = (count * (part + 1) / parts - from) * pixels;
      int group = t / (tiles / g.groups());
      int row = t % (tiles / g.groups()) / panels * Tile.ROWS;
      int[] rowAt = new int[Tile.ROWS];
      for (int i = 0; i < Tile.ROWS; i++) {
        rowAt[i] = rowAt(Math.min(rows - 1, row + i));
      }
      int a = from * imageSize + group * g.cGroup();
      int b = from * pixels * g.k() + group * g.kGroup() + t % panels * tile.columns();
      int at = task * tile.size();
      tile.gathered(depth, images, a, rowAt, stepAt, grads, b, g.k(), sums, at, sums, at);
    }

    private int rowAt(int row) {
      int tap = row / g.cGroup();
      int down = tap / g.s() * g.rows().dilation();
      int at = (down * wide + tap % g.s() * g.columns().dilation()) * g.c();
      return at + row % g.cGroup();
    }

    /** The weights of one output channel, from all sums. */
    private void gather(int k, float[] sums, float[] dw) {
      int group = k / g.kGroup();
      int column = k % g.kGroup();
      int first = group * (tiles / g.groups()) + column / tile.columns();
      for (int row = 0; row < rows; row++) {
        int t = first + row / Tile.ROWS * panels;
        int in = row % Tile.ROWS * tile.columns() + column % tile.columns();
        float sum = 0;
        for (int part = 0; part < parts; part++) {
          sum += sums[(part * tiles + t) * tile.size() + in];
        }
        dw[k * rows + row] = sum;
      }
    }
  }
}
