package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/** Turns rows of tiles of an image, or of an output's gradient, into Winograd's points. */
final class WinogradPoints {
  private final WinogradTransforms transforms;
  private final Scratch scratch;

  WinogradPoints(WinogradTransforms transforms, Scratch scratch) {
    this.transforms = transforms;
    this.scratch = scratch;
  }

  /** Images {@code [n, h, w, c]} with so much padding above and on the left of each. */
  record Images(Source pixels, int n, int h, int w, int c, int top, int left) {
    /** A convolution's input. */
    static Images padded(ConvGeometry g, Source x) {
      return new Images(x, g.n(), g.h(), g.w(), g.c(), g.rows().before(), g.columns().before());
    }

    /** Where an image's row begins among the pixels. */
    int at(int image, int row) {
      return (image * h + row) * w * c;
    }
  }

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

  /** Neighboring values. */
  record Pixels(float[] x, int from, int count) {}

  /**
   * A row of tiles as points, its first tile being the first-th.
   *
   * @return the pixels that its tiles see
   */
  Pixels ofInput(Images in, Grid grid, int row, float[] points, Layout to, int first) {
    int c = in.c;
    int side = transforms.in();
    int wide = (grid.across() * grid.out + 2) * c;
    float[] down = scratch.local(Scratch.DOWN, Scratch.START + side * wide);
    int left = in.left * c;
    clearSides(down, side, wide, left, in.w * c);
    int image = row / grid.down();
    int top = row % grid.down() * grid.out - in.top;
    float[] x = rows(in, image, top, side);
    int at = x == in.pixels.array() ? in.at(image, top) : 0;
    int n = in.w * c;
    transforms.input(x, at, n, 0, down, Scratch.START + left, wide, 0, 1, n, Lanes.LINEAR);
    for (int i = 0; i < grid.across(); i++) {
      int from = Scratch.START + i * grid.out * c;
      int y = to.at(first + i);
      transforms.input(
          down, from, c, wide, points, y, to.point, side * to.point, side, c, to.lanes);
    }
    return new Pixels(x, at, side * n);
  }

  /** A row of tiles of an output's gradient as points. */
  void ofGrad(Images dy, Grid grid, int row, float[] points, Layout to, int first) {
    int c = dy.c;
    int side = transforms.in();
    int wide = grid.across() * grid.out * c;
    float[] down = scratch.local(Scratch.DOWN, Scratch.START + side * wide);
    clearSides(down, side, wide, 0, dy.w * c);
    int image = row / grid.down();
    int top = row % grid.down() * grid.out;
    float[] x = rows(dy, image, top, grid.out);
    int at = x == dy.pixels.array() ? dy.at(image, top) : 0;
    int n = dy.w * c;
    transforms.outputGrad(x, at, n, 0, down, Scratch.START, wide, 0, 1, n, Lanes.LINEAR);
    for (int i = 0; i < grid.across(); i++) {
      int from = Scratch.START + i * grid.out * c;
      int y = to.at(first + i);
      transforms.outputGrad(
          down, from, c, wide, points, y, to.point, side * to.point, side, c, to.lanes);
    }
  }

  /** Rows of an image, in place where they can be, else from 0 on; beyond it are zeros. */
  private float[] rows(Images x, int image, int top, int rows) {
    int length = x.w * x.c;
    if (top >= 0 && top + rows <= x.h && x.pixels.array() != null) {
      return x.pixels.array();
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
    return band;
  }

  private static void clearSides(float[] x, int rows, int wide, int left, int inside) {
    for (int i = 0, at = Scratch.START; i < rows; i++, at += wide) {
      Arrays.fill(x, at, at + left, 0);
      Arrays.fill(x, at + left + inside, at + wide, 0);
    }
  }
}
