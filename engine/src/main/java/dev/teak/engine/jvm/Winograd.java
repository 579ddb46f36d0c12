package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016): 4x4 outputs from 36
 * products a channel pair instead of 144.
 *
 * <pre>
 *   pixels 6x6 --input--> 36 points --x kernel's 36 points, summed over channels--> 36 points --output--> 4x4 pixels
 * </pre>
 *
 * <p>A point is a matrix product of its own, {@code [tiles, C] x [C, K]}. Rows of tiles are taken
 * together until they fill a part of L2; what lies between the transforms never leaves it. The
 * gradient of the input is the same with the turned kernel; the gradient of the kernel is, for each
 * point, {@code [tiles, C]' x [tiles, K]}.
 */
final class Winograd {
  /** Pixels that a tile computes, each way. */
  static final int OUT = 4;

  private static final int POINTS = 36;

  /** Floats that a block's points may take, in and out: half of an L2 of 1 MiB. */
  private static final int BLOCK_FLOATS = 128 * 1024;

  /** The same for a block that all threads share. */
  private static final int SHARED_FLOATS = 512 * 1024;

  private static final int LEAST_TILES = 16;

  /** Input channels whose kernels are transformed together: a cache line of them. */
  private static final int CHANNELS = 16;

  /**
   * Behind the tiles of a point: for tiles that reach over the end, and against equal cache sets.
   */
  private static final int GAP = 48;

  private final Tile tile;
  private final WinogradTransforms transforms;
  private final Workers workers;
  private final Scratch scratch;

  Winograd(Tile tile, WinogradTransforms transforms, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.transforms = transforms;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether this is a convolution of the kind. */
  static boolean fits(ConvGeometry g) {
    return g.r() == 3
        && g.s() == 3
        && g.stride() == 1
        && g.dilation() == 1
        && g.groups() == 1
        && g.padding() <= 2;
  }

  /** Tiles of a convolution's result, {@code p x q} pixels of n images. */
  static int tiles(int n, int p, int q) {
    return n * ((p + OUT - 1) / OUT) * ((q + OUT - 1) / OUT);
  }

  /** Images {@code [n, h, w, c]} with so much padding around each. */
  private record Images(Source pixels, int n, int h, int w, int c, int padding) {
    int tilesDown() {
      return (h + OUT - 1) / OUT;
    }

    int tilesAcross() {
      return (w + OUT - 1) / OUT;
    }
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    Source pixels = Source.of(x, g.input());
    Images in = new Images(pixels, g.n(), g.h(), g.w(), g.c(), g.padding());
    convolve(in, new Images(null, g.n(), g.p(), g.q(), g.k(), 0), w, false, bias, y);
  }

  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    Images in = new Images(dy, g.n(), g.p(), g.q(), g.k(), 2 - g.padding());
    Images out = new Images(null, g.n(), g.h(), g.w(), g.c(), 0);
    convolve(in, out, w, true, null, Sink.plain(dx, g.input()));
  }

  private void convolve(Images in, Images out, float[] w, boolean turned, float[] bias, Sink sink) {
    int width = tile.columns();
    int panels = (out.c + width - 1) / width;
    int kernelStep = panels * in.c * width + GAP;
    float[] kernel = scratch.shared(POINTS * kernelStep);
    workers.run(panels, panel -> kernelPoints(w, turned, in.c, out.c, panel, kernel, kernelStep));
    float[] biases = new float[panels * width];
    if (bias != null) {
      System.arraycopy(bias, 0, biases, 0, out.c);
    }
    int across = out.tilesAcross();
    int rows = out.n * out.tilesDown();
    int blockTiles = Math.max(LEAST_TILES, BLOCK_FLOATS / (POINTS * (in.c + panels * width)));
    int blockRows = Math.max(1, blockTiles / across);
    workers.ranges(
        rows,
        blockRows,
        (from, to) -> {
          int tiles = (to - from) * across;
          int inStep = tiles * in.c + Tile.ROWS * in.c + GAP;
          float[] points = scratch.local(Scratch.A, POINTS * inStep);
          for (int row = from; row < to; row++) {
            inputPoints(in, out, row, points, inStep, (row - from) * across);
          }
          int groups = (tiles + Tile.ROWS - 1) / Tile.ROWS;
          int outStep = groups * panels * tile.size() + GAP;
          float[] sums = scratch.local(Scratch.B, POINTS * outStep);
          for (int p = 0; p < POINTS; p++) {
            for (int panel = 0; panel < panels; panel++) {
              int b = p * kernelStep + panel * in.c * width;
              for (int group = 0; group < groups; group++) {
                int a = p * inStep + group * Tile.ROWS * in.c;
                int t = p * outStep + (group * panels + panel) * tile.size();
                tile.rows(in.c, points, a, in.c, kernel, b, tile.zeros(), 0, sums, t);
              }
            }
          }
          for (int row = from; row < to; row++) {
            outputPixels(sums, outStep, (row - from) * across, panels, biases, out, row, sink);
          }
        });
    scratch.giveBack(kernel);
  }

  /**
   * The kernel of a panel of output channels as points, {@code [point][panel][in][column]}; missing
   * channels are zeros. Turned, it leads from the convolution's outputs to its inputs.
   */
  private void kernelPoints(
      float[] w, boolean turned, int in, int out, int panel, float[] points, int step) {
    int width = tile.columns();
    int first = panel * width;
    int columns = Math.min(width, out - first);
    float[] taps = scratch.local(Scratch.A, CHANNELS * 9 * width);
    float[] down = scratch.local(Scratch.B, 18 * width);
    Arrays.fill(taps, 0, CHANNELS * 9 * width, 0);
    for (int i0 = 0; i0 < in; i0 += CHANNELS) {
      int count = Math.min(CHANNELS, in - i0);
      // Some channels at once, so that whichever way the weights lie, neighbours are read together.
      for (int j = 0; j < columns * 9; j++) {
        int o = j / 9;
        int tap = j % 9;
        for (int i = 0; i < count; i++) {
          taps[(i * 9 + tap) * width + o] =
              turned
                  ? w[((i0 + i) * 9 + 8 - tap) * out + first + o]
                  : w[((first + o) * 9 + tap) * in + i0 + i];
        }
      }
      for (int i = 0; i < count; i++) {
        int t = i * 9 * width;
        transforms.kernel(taps, t, 3 * width, width, down, 0, 3 * width, width, 3, width);
        int at = (panel * in + i0 + i) * width;
        transforms.kernel(down, 0, width, 3 * width, points, at, step, 6 * step, 6, width);
      }
    }
  }

  /**
   * A row of tiles as points, {@code [point][tile][channel]}, its first tile being the first-th.
   */
  private void inputPoints(Images in, Images tiled, int row, float[] points, int step, int first) {
    int c = in.c;
    int top = row % tiled.tilesDown() * OUT - in.padding;
    int image = row / tiled.tilesDown();
    boolean inside = top >= 0 && top + OUT + 2 <= in.h && in.pixels.array() != null;
    float[] pixels = inside ? in.pixels.array() : band(in, image, top, OUT + 2);
    int at = inside ? (image * in.h + top) * in.w * c : 0;
    int wide = (tiled.tilesAcross() * OUT + 2) * c;
    float[] down = scratch.local(Scratch.DOWN, 6 * wide);
    int left = in.padding * c;
    clearSides(down, 6, wide, left, in.w * c);
    transforms.input(pixels, at, in.w * c, 0, down, left, wide, 0, 1, in.w * c);
    for (int i = 0; i < tiled.tilesAcross(); i++) {
      int to = (first + i) * c;
      transforms.input(down, i * OUT * c, c, wide, points, to, step, 6 * step, 6, c);
    }
  }

  /** A row of tiles of an output's gradient as points. */
  private void gradPoints(Images dy, int row, float[] points, int step, int first) {
    int c = dy.c;
    int top = row % dy.tilesDown() * OUT;
    int image = row / dy.tilesDown();
    boolean inside = top + OUT <= dy.h && dy.pixels.array() != null;
    float[] pixels = inside ? dy.pixels.array() : band(dy, image, top, OUT);
    int at = inside ? (image * dy.h + top) * dy.w * c : 0;
    int wide = dy.tilesAcross() * OUT * c;
    float[] down = scratch.local(Scratch.DOWN, 6 * wide);
    clearSides(down, 6, wide, 0, dy.w * c);
    transforms.outputGrad(pixels, at, dy.w * c, 0, down, 0, wide, 0, 1, dy.w * c);
    for (int i = 0; i < dy.tilesAcross(); i++) {
      int to = (first + i) * c;
      transforms.outputGrad(down, i * OUT * c, c, wide, points, to, step, 6 * step, 6, c);
    }
  }

  /** Rows of an image, from row {@code top}, that reach beyond it (zeros there) or are made. */
  private float[] band(Images x, int image, int top, int rows) {
    int length = x.w * x.c;
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
    for (int i = 0; i < rows; i++) {
      Arrays.fill(x, i * wide, i * wide + left, 0);
      Arrays.fill(x, i * wide + left + inside, (i + 1) * wide, 0);
    }
  }

  private void outputPixels(
      float[] sums, int step, int first, int panels, float[] bias, Images out, int row, Sink sink) {
    int width = tile.columns();
    int c = out.c;
    int top = row % out.tilesDown() * OUT;
    int image = row / out.tilesDown();
    float[] y = sink.array(OUT);
    int pixels = sink.at(image, top, OUT);
    int rows = Math.min(OUT, out.h - top);
    float[] down = scratch.local(Scratch.DOWN, (6 * OUT + OUT) * width + out.c);
    float[] noBias = scratch.local(Scratch.ZEROS, width);
    int spare = 6 * OUT * width;
    for (int i = 0; i < out.tilesAcross(); i++) {
      int t = first + i;
      int columns = Math.min(OUT, out.w - i * OUT);
      for (int panel = 0; panel < panels; panel++) {
        int from = (t / Tile.ROWS * panels + panel) * tile.size() + t % Tile.ROWS * width;
        int valid = Math.min(width, c - panel * width);
        transforms.output(
            sums, from, 6 * step, step, down, 0, 6 * width, width, 6, width, noBias, 0);
        int to = pixels + i * OUT * c + panel * width;
        int b = panel * width;
        if (columns == OUT) {
          transforms.output(down, 0, width, 6 * width, y, to, c, out.w * c, rows, valid, bias, b);
          continue;
        }
        for (int r = 0; r < rows; r++) {
          transforms.output(
              down, r * 6 * width, width, 0, down, spare, width, 0, 1, valid, bias, b);
          for (int j = 0; j < columns; j++) {
            System.arraycopy(down, spare + j * width, y, to + (r * out.w + j) * c, valid);
          }
        }
      }
    }
    sink.done(image, top, rows, OUT);
  }

  void weightGrad(ConvGeometry g, float[] x, Source dy, float[] dw) {
    Source pixels = Source.of(x, g.input());
    Images in = new Images(pixels, g.n(), g.h(), g.w(), g.c(), g.padding());
    Images grad = new Images(dy, g.n(), g.p(), g.q(), g.k(), 0);
    int across = grad.tilesAcross();
    int rows = g.n() * grad.tilesDown();
    int panels = (g.k() + tile.columns() - 1) / tile.columns();
    int groups = (g.c() + Tile.ROWS - 1) / Tile.ROWS;
    int sumStep = groups * panels * tile.size();
    float[] sums = scratch.shared(POINTS * sumStep);
    Arrays.fill(sums, 0, POINTS * sumStep, 0);
    int tiles = Math.max(2 * LEAST_TILES, SHARED_FLOATS / (POINTS * (g.c() + g.k())));
    int blockRows = Math.min(rows, Math.max(1, tiles / across));
    int inStep = blockRows * across * g.c() + GAP;
    int gradStep = blockRows * across * g.k() + GAP;
    float[] inPoints = scratch.shared(POINTS * inStep);
    float[] gradPoints = scratch.shared(POINTS * gradStep);
    for (int block = 0; block < rows; block += blockRows) {
      int from = block;
      int count = Math.min(blockRows, rows - from);
      workers.run(
          2 * count,
          i -> {
            if (i < count) {
              inputPoints(in, grad, from + i, inPoints, inStep, i * across);
            } else {
              gradPoints(grad, from + i - count, gradPoints, gradStep, (i - count) * across);
            }
          });
      int depth = count * across;
      workers.run(
          POINTS,
          p -> {
            for (int group = 0; group < groups; group++) {
              for (int panel = 0; panel < panels; panel++) {
                int a = p * inStep + group * Tile.ROWS;
                int b = p * gradStep + panel * tile.columns();
                int t = p * sumStep + (group * panels + panel) * tile.size();
                tile.strided(depth, inPoints, a, g.c(), gradPoints, b, g.k(), sums, t);
              }
            }
          });
    }
    workers.run(groups, group -> kernelGrad(g, sums, sumStep, panels, group, dw));
    scratch.giveBack(gradPoints);
    scratch.giveBack(inPoints);
    scratch.giveBack(sums);
  }

  private void kernelGrad(
      ConvGeometry g, float[] sums, int step, int panels, int group, float[] dw) {
    int width = tile.columns();
    float[] taps = scratch.local(Scratch.A, Tile.ROWS * 9 * width);
    float[] down = scratch.local(Scratch.B, 18 * width);
    int c0 = group * Tile.ROWS;
    int channels = Math.min(Tile.ROWS, g.c() - c0);
    for (int panel = 0; panel < panels; panel++) {
      for (int i = 0; i < channels; i++) {
        int from = (group * panels + panel) * tile.size() + i * width;
        int t = i * 9 * width;
        transforms.kernelGrad(sums, from, 6 * step, step, down, 0, 6 * width, width, 6, width);
        transforms.kernelGrad(down, 0, width, 6 * width, taps, t, width, 3 * width, 3, width);
      }
      int first = panel * width;
      for (int j = 0; j < Math.min(width, g.k() - first) * 9; j++) {
        int k = j / 9;
        int tap = j % 9;
        for (int i = 0; i < channels; i++) {
          dw[((first + k) * 9 + tap) * g.c() + c0 + i] = taps[(i * 9 + tap) * width + k];
        }
      }
    }
  }
}
