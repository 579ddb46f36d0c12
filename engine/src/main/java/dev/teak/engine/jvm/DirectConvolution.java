package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * Convolutions of any kind without any im2col. Each image is copied once into scratch with its
 * padding, where it stays in L2; then a register tile of 8 neighbouring output pixels x 2 vectors
 * of channels walks the taps of the kernel over it. Where the kernel is not dilated, the taps of
 * one kernel row lie side by side in memory and are one run of S C steps.
 *
 * <p>The gradient of the input is a convolution of the output's gradient (with zeros between its
 * pixels for a stride) with the turned kernel. The gradient of the weight has output channels as
 * rows, (kernel column, channel) as columns and the pixels of an image row as steps.
 */
final class DirectConvolution {
  /** Weight gradients are added up in this many groups of images, in order. */
  private static final int PARTIALS = 8;

  /** With so few output channels (the gradient of a grey image has one), a tile would be empty. */
  private static final int FEW_CHANNELS = 3;

  /** Runs shorter than this are gathered into one. */
  private static final int SHORT_RUN = 16;

  private final Loops loops;
  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  DirectConvolution(Loops loops, Tile tile, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    int top = g.padding();
    Padded source = new Padded(Source.of(x, g.input()), g.h(), g.w(), g.c(), 1, top, top);
    Target target = new Target(y, g.p(), g.q(), g.k(), g.stride());
    WeightAt weight =
        (group, k, r, s, c) ->
            w[(((group * g.kGroup() + k) * g.r() + r) * g.s() + s) * g.cGroup() + c];
    slide(g, source, target, g.cGroup(), g.kGroup(), weight, bias);
  }

  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    int top = g.dilation() * (g.r() - 1) - g.padding();
    int left = g.dilation() * (g.s() - 1) - g.padding();
    Padded source = new Padded(dy, g.p(), g.q(), g.k(), g.stride(), top, left);
    Target target = new Target(Sink.plain(dx, g.input()), g.h(), g.w(), g.c(), 1);
    WeightAt turned =
        (group, c, r, s, k) -> {
          int row = (group * g.kGroup() + k) * g.r() + g.r() - 1 - r;
          return w[(row * g.s() + g.s() - 1 - s) * g.cGroup() + c];
        };
    slide(g, source, target, g.kGroup(), g.cGroup(), turned, null);
  }

  /**
   * Where an image comes from: its pixels {@code spread} apart, {@code top, left} from the corner.
   */
  private record Padded(Source pixels, int h, int w, int c, int spread, int top, int left) {}

  /** What is computed: {@code [p, q, k]} an image, from windows {@code stride} apart. */
  private record Target(Sink sink, int p, int q, int k, int stride) {}

  /**
   * A weight as the sliding sees it: group, output channel in it, kernel row, column, input
   * channel.
   */
  private interface WeightAt {
    float at(int group, int k, int r, int s, int c);
  }

  /** One sliding of a kernel: what all its images share. */
  private final class Slide {
    final Padded source;
    final Target target;
    final int groups;
    final int cIn;
    final int kOut;
    final int depth;
    final int width;
    final int panels;
    final int height;
    final int wide;
    final Taps taps;
    final float[] packed;
    final float[] bias;

    /** For each panel of each group the biases, once for each row of a tile. */
    final float[] biasTiles;

    Slide(
        ConvGeometry g,
        Padded source,
        Target target,
        int cIn,
        int kOut,
        WeightAt weight,
        float[] bias) {
      this.source = source;
      this.target = target;
      this.groups = g.groups();
      this.cIn = cIn;
      this.kOut = kOut;
      this.depth = g.r() * g.s() * cIn;
      this.width = kOut <= FEW_CHANNELS ? 1 : tile.columns();
      this.panels = (kOut + width - 1) / width;
      this.height = (target.p - 1) * target.stride + g.dilation() * (g.r() - 1) + 1;
      this.wide = (target.q - 1) * target.stride + g.dilation() * (g.s() - 1) + 1;
      this.taps = Taps.of(g, wide, source.c, cIn, target.stride);
      this.packed = scratch.shared(groups * panels * depth * width);
      this.bias = new float[target.k];
      if (bias != null) {
        System.arraycopy(bias, 0, this.bias, 0, target.k);
      }
      this.biasTiles = new float[groups * panels * tile.size()];
      for (int group = 0; group < groups; group++) {
        pack(g, group, weight);
        for (int i = 0; i < panels * tile.size(); i++) {
          int k = i / tile.size() * tile.columns() + i % tile.columns();
          biasTiles[group * panels * tile.size() + i] = k < kOut ? this.bias[group * kOut + k] : 0;
        }
      }
    }

    /** Output channels side by side in panels of {@code width}, missing ones as zeros. */
    private void pack(ConvGeometry g, int group, WeightAt weight) {
      int at = group * panels * depth * width;
      for (int panel = 0; panel < panels; panel++) {
        for (int r = 0; r < g.r(); r++) {
          for (int s = 0; s < g.s(); s++) {
            for (int c = 0; c < cIn; c++) {
              for (int j = 0; j < width; j++) {
                int k = panel * width + j;
                packed[at++] = k < kOut ? weight.at(group, k, r, s, c) : 0;
              }
            }
          }
        }
      }
    }

    void image(int i) {
      int slack = Tile.ROWS * target.stride * source.c;
      float[] image = scratch.local(Scratch.A, height * wide * source.c + slack);
      place(source, i, height, wide, image);
      int band = target.sink.band();
      float[] y = target.sink.array(band);
      for (int p = 0; p < target.p; p++) {
        int from = p * target.stride * wide * source.c;
        int to = target.sink.at(i, p, band);
        for (int q = 0; q < target.q; q += Tile.ROWS) {
          int rows = Math.min(Tile.ROWS, target.q - q);
          if (width == 1) {
            dots(image, from + q * taps.aRow, y, to + q * target.k, rows);
          } else {
            tiles(image, from + q * taps.aRow, y, to + q * target.k, rows);
          }
        }
        if ((p + 1) % band == 0 || p + 1 == target.p) {
          target.sink.done(i, p / band * band, p % band + 1, band);
        }
      }
    }

    private void tiles(float[] image, int from, float[] y, int to, int rows) {
      float[] t = scratch.local(Scratch.TILE, tile.size());
      for (int group = 0; group < groups; group++) {
        for (int panel = 0; panel < panels; panel++) {
          int p = group * panels + panel;
          int k = group * kOut + panel * width;
          int columns = Math.min(width, kOut - panel * width);
          // Where a tile's rows lie side by side in the result, it is made there.
          boolean inPlace = target.k == width && kOut == width && rows == Tile.ROWS;
          float[] out = inPlace ? y : t;
          int at = inPlace ? to : 0;
          walk(image, from + group * cIn, p, out, at);
          if (!inPlace) {
            tile.put(t, y, to + k, target.k, rows, columns);
          }
        }
      }
    }

    /** The taps of one tile: out = bias + image x weights. */
    private void walk(float[] image, int a, int panel, float[] out, int at) {
      int b = panel * depth * width;
      int bias = panel * tile.size();
      if (taps.length < SHORT_RUN) {
        int[] rowAt = taps.rowAt;
        int[] stepAt = taps.stepAt;
        tile.gathered(depth, image, a, rowAt, stepAt, packed, b, width, biasTiles, bias, out, at);
        return;
      }
      for (int r = 0; r < taps.count; r++) {
        float[] from = r == 0 ? biasTiles : out;
        int fo = r == 0 ? bias : at;
        int w = b + r * taps.length * width;
        tile.rows(taps.length, image, a + taps.a[r], taps.aRow, packed, w, from, fo, out, at);
      }
    }

    /** Few output channels: each is a sum of products along the taps. */
    private void dots(float[] image, int from, float[] y, int to, int rows) {
      float[] sums = scratch.local(Scratch.TILE, tile.size());
      for (int k = 0; k < target.k; k++) {
        loops.dots(taps, image, from + k / kOut * cIn, packed, k * depth, sums);
        for (int j = 0; j < rows; j++) {
          y[to + j * target.k + k] = sums[j] + bias[k];
        }
      }
    }
  }

  private void slide(
      ConvGeometry g,
      Padded source,
      Target target,
      int cIn,
      int kOut,
      WeightAt weight,
      float[] bias) {
    Slide slide = new Slide(g, source, target, cIn, kOut, weight, bias);
    workers.run(g.n(), slide::image);
    scratch.giveBack(slide.packed);
  }

  /** Copies image i into scratch: zeros, and its pixels where the source says. */
  private void place(Padded s, int i, int height, int wide, float[] image) {
    Arrays.fill(image, 0, height * wide * s.c, 0);
    for (int h = 0; h < s.h; h++) {
      int row = s.top + h * s.spread;
      if (row < 0 || row >= height) {
        continue;
      }
      if (s.spread == 1 && s.left >= 0 && s.left + s.w <= wide) {
        s.pixels.row(i, h, image, (row * wide + s.left) * s.c);
        continue;
      }
      float[] pixels = scratch.local(Scratch.BAND, s.w * s.c);
      s.pixels.row(i, h, pixels, 0);
      for (int v = 0; v < s.w; v++) {
        int column = s.left + v * s.spread;
        if (column >= 0 && column < wide) {
          System.arraycopy(pixels, v * s.c, image, (row * wide + column) * s.c, s.c);
        }
      }
    }
  }

  void weightGrad(ConvGeometry g, float[] x, Source dy, float[] dw) {
    int size = g.weight().size();
    int partials = Math.min(PARTIALS, Math.max(1, g.n()));
    float[] sums = scratch.shared(partials * size);
    Arrays.fill(sums, 0, partials * size, 0);
    workers.run(
        partials,
        part -> {
          int to = (int) ((long) (part + 1) * g.n() / partials);
          for (int i = (int) ((long) part * g.n() / partials); i < to; i++) {
            weightGradOf(g, i, x, dy, sums, part * size);
          }
        });
    System.arraycopy(sums, 0, dw, 0, size);
    for (int part = 1; part < partials; part++) {
      loops.binary(BinaryFunction.ADD, dw, 0, sums, part * size, dw, 0, size);
    }
    scratch.giveBack(sums);
  }

  private void weightGradOf(ConvGeometry g, int i, float[] x, Source dy, float[] dw, int at) {
    int width = tile.columns();
    int height = (g.p() - 1) * g.stride() + g.dilation() * (g.r() - 1) + 1;
    int wide = (g.q() - 1) * g.stride() + g.dilation() * (g.s() - 1) + 1;
    float[] image = scratch.local(Scratch.A, height * wide * g.c() + width);
    Source pixels = Source.of(x, g.input());
    Padded padded = new Padded(pixels, g.h(), g.w(), g.c(), 1, g.padding(), g.padding());
    place(padded, i, height, wide, image);
    // Tiles that reach beyond the last channel would read past the end of dy: it is copied too.
    float[] grad = scratch.local(Scratch.B, g.p() * g.q() * g.k() + width);
    for (int p = 0; p < g.p(); p++) {
      dy.row(i, p, grad, p * g.q() * g.k());
    }
    if (g.groups() == 1 && g.dilation() == 1 && g.s() * g.c() < SHORT_RUN) {
      fewChannels(g, image, wide, grad, dw, at);
      return;
    }
    boolean runs = g.dilation() == 1 && g.groups() == 1;
    int run = runs ? g.s() * g.c() : g.cGroup();
    int perRow = runs ? 1 : g.s();
    float[] t = scratch.local(Scratch.TILE, tile.size());
    int rowOfWeights = g.r() * g.s() * g.cGroup();
    for (int tap = 0; tap < g.r() * perRow; tap++) {
      int tapAt = (tap / perRow * wide + tap % perRow) * g.dilation() * g.c();
      for (int group = 0; group < g.groups(); group++) {
        for (int j = 0; j < run; j += width) {
          for (int k = 0; k < g.kGroup(); k += Tile.ROWS) {
            int k0 = group * g.kGroup() + k;
            int from = tapAt + group * g.cGroup() + j;
            tile.clear(t, 0);
            for (int p = 0; p < g.p(); p++) {
              int a = p * g.q() * g.k() + k0;
              int b = from + p * g.stride() * wide * g.c();
              tile.strided(g.q(), grad, a, g.k(), image, b, g.stride() * g.c(), t, 0);
            }
            int c = at + k0 * rowOfWeights + tap * run + j;
            int rows = Math.min(Tile.ROWS, g.kGroup() - k);
            tile.add(t, dw, c, rowOfWeights, rows, Math.min(width, run - j));
          }
        }
      }
    }
  }

  /** Few input channels: taps as rows, output channels as columns, all pixels of an image a run. */
  private void fewChannels(
      ConvGeometry g, float[] image, int wide, float[] grad, float[] dw, int at) {
    int width = tile.columns();
    int perTap = g.s() * g.c();
    int rows = g.r() * perTap;
    int[] stepAt = new int[g.p() * g.q()];
    for (int i = 0; i < stepAt.length; i++) {
      stepAt[i] = (i / g.q() * wide + i % g.q()) * g.stride() * g.c();
    }
    int[] rowAt = new int[Tile.ROWS];
    float[] t = scratch.local(Scratch.TILE, tile.size());
    for (int row = 0; row < rows; row += Tile.ROWS) {
      int valid = Math.min(Tile.ROWS, rows - row);
      for (int i = 0; i < valid; i++) {
        rowAt[i] = (row + i) / perTap * wide * g.c() + (row + i) % perTap;
      }
      for (int k = 0; k < g.k(); k += width) {
        tile.gathered(
            stepAt.length, image, 0, rowAt, stepAt, grad, k, g.k(), tile.zeros(), 0, t, 0);
        for (int j = 0; j < Math.min(width, g.k() - k); j++) {
          for (int i = 0; i < valid; i++) {
            dw[at + (k + j) * rows + row + i] += t[i * width + j];
          }
        }
      }
    }
  }
}
