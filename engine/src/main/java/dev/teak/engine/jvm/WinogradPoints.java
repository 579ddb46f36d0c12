package dev.teak.engine.jvm;

import java.util.Arrays;

/** Turns rows of tiles of an image, or of an output's gradient, into Winograd's points. */
final class WinogradPoints {
  private final WinogradTransforms transforms;
  private final Scratch scratch;

  WinogradPoints(WinogradTransforms transforms, Scratch scratch) {
    this.transforms = transforms;
    this.scratch = scratch;
  }

  /** Images {@code [n, h, w, c]} with so much padding around each. */
  record Images(Source pixels, int n, int h, int w, int c, int padding) {}

  /** The tiles of results {@code [n, p, q]}, {@code out} pixels wide and high. */
  record Grid(int n, int p, int q, int out) {
    int down() {
      return (p + out - 1) / out;
    }

    int across() {
      return (q + out - 1) / out;
    }

    /** Rows of tiles of all images. */
    int rows() {
      return n * down();
    }

    int tiles() {
      return rows() * across();
    }
  }

  /**
   * Where points lie: of tile t, channel c and point p at {@code p point + t / group groupStep + t
   * % group tile + lanes.at(c)}.
   */
  record Layout(int point, int group, int groupStep, int tile, Lanes lanes) {
    int at(int t) {
      return Scratch.START + t / group * groupStep + t % group * tile;
    }
  }

  /** A row of tiles as points, its first tile being the first-th. */
  void ofInput(Images in, Grid grid, int row, float[] points, Layout to, int first) {
    int c = in.c;
    int side = transforms.in();
    int wide = (grid.across() * grid.out + 2) * c;
    float[] down = scratch.local(Scratch.DOWN, Scratch.START + side * wide);
    int left = in.padding * c;
    clearSides(down, side, wide, left, in.w * c);
    Rows x = rows(in, row / grid.down(), row % grid.down() * grid.out - in.padding, side);
    int n = in.w * c;
    transforms.input(x.array, x.at, n, 0, down, Scratch.START + left, wide, 0, 1, n, Lanes.LINEAR);
    for (int i = 0; i < grid.across(); i++) {
      int from = Scratch.START + i * grid.out * c;
      int y = to.at(first + i);
      transforms.input(
          down, from, c, wide, points, y, to.point, side * to.point, side, c, to.lanes);
    }
  }

  /** A row of tiles of an output's gradient as points. */
  void ofGrad(Images dy, Grid grid, int row, float[] points, Layout to, int first) {
    int c = dy.c;
    int side = transforms.in();
    int wide = grid.across() * grid.out * c;
    float[] down = scratch.local(Scratch.DOWN, Scratch.START + side * wide);
    clearSides(down, side, wide, 0, dy.w * c);
    Rows x = rows(dy, row / grid.down(), row % grid.down() * grid.out, grid.out);
    int n = dy.w * c;
    transforms.outputGrad(x.array, x.at, n, 0, down, Scratch.START, wide, 0, 1, n, Lanes.LINEAR);
    for (int i = 0; i < grid.across(); i++) {
      int from = Scratch.START + i * grid.out * c;
      int y = to.at(first + i);
      transforms.outputGrad(
          down, from, c, wide, points, y, to.point, side * to.point, side, c, to.lanes);
    }
  }

  /** Rows of pixels, one after the other. */
  private record Rows(float[] array, int at) {}

  /** Rows of an image, in place where they can be; beyond it are zeros. */
  private Rows rows(Images x, int image, int top, int rows) {
    int length = x.w * x.c;
    if (top >= 0 && top + rows <= x.h && x.pixels.array() != null) {
      return new Rows(x.pixels.array(), (image * x.h + top) * length);
    }
    float[] band = scratch.local(Scratch.BAND, rows * length);
    for (int i = 0; i < rows; i++) {
      int row = top + i;
      if (row < 0 || row >= x.h) {
        Arrays.fill(band, i * length, (i + 1) * length, 0);
      } else {
        x.pixels.row(image, row, band, i * length);
      }
    }
    return new Rows(band, 0);
  }

  private static void clearSides(float[] x, int rows, int wide, int left, int inside) {
    for (int i = 0, at = Scratch.START; i < rows; i++, at += wide) {
      Arrays.fill(x, at, at + left, 0);
      Arrays.fill(x, at + left + inside, at + wide, 0);
    }
  }
}
