package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * Convolutions without any im2col. Each image is copied once into scratch with its padding, where
 * it stays in L2; then a register tile of 8 neighbouring output pixels x 2 vectors of channels
 * walks the taps of the kernel over it. Where the kernel is not dilated, the taps of one kernel row
 * lie side by side in memory, so a tap is a run of S C elements.
 *
 * <p>The gradient of the input is a convolution of the output's gradient (with zeros between its
 * pixels for a stride) with the turned kernel. The gradient of the weight has output channels as
 * rows, (kernel column, channel) as columns and image rows as taps.
 */
final class Convolution {
  /** Weight gradients are added up in this many groups of images, in order. */
  private static final int PARTIALS = 8;

  /** With so few output channels (the gradient of a grey image has one), a tile would be empty. */
  private static final int FEW_CHANNELS = 3;

  private final Loops loops;
  private final Workers workers;
  private final Scratch scratch;

  Convolution(Loops loops, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, float[] y) {
    int top = g.padding();
    Source source = new Source(x, g.h(), g.w(), g.c(), 1, top, top);
    Target target = new Target(g.p(), g.q(), g.k(), g.stride());
    WeightAt weight =
        (group, k, r, s, c) ->
            w[(((group * g.kGroup() + k) * g.r() + r) * g.s() + s) * g.cGroup() + c];
    slide(g, g.n(), source, target, g.cGroup(), g.kGroup(), weight, bias, y);
  }

  void inputGrad(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    int top = g.dilation() * (g.r() - 1) - g.padding();
    int left = g.dilation() * (g.s() - 1) - g.padding();
    Source source = new Source(dy, g.p(), g.q(), g.k(), g.stride(), top, left);
    Target target = new Target(g.h(), g.w(), g.c(), 1);
    WeightAt turned =
        (group, c, r, s, k) -> {
          int row = (group * g.kGroup() + k) * g.r() + g.r() - 1 - r;
          return w[(row * g.s() + g.s() - 1 - s) * g.cGroup() + c];
        };
    slide(g, g.n(), source, target, g.kGroup(), g.cGroup(), turned, null, dx);
  }

  /**
   * Where an image comes from: its pixels {@code spread} apart, {@code top, left} from the corner.
   */
  private record Source(float[] x, int h, int w, int c, int spread, int top, int left) {}

  /**
   * What is computed: {@code [p, q, k]} a group's worth at a time, windows {@code stride} apart.
   */
  private record Target(int p, int q, int k, int stride) {}

  /**
   * A weight as the sliding sees it: group, output channel in it, kernel row, column, input
   * channel.
   */
  private interface WeightAt {
    float at(int group, int k, int r, int s, int c);
  }

  private void slide(
      ConvGeometry g,
      int n,
      Source source,
      Target target,
      int cIn,
      int kOut,
      WeightAt weight,
      float[] bias,
      float[] y) {
    boolean few = kOut <= FEW_CHANNELS;
    int width = few ? 1 : loops.columns();
    int panels = (kOut + width - 1) / width;
    int depth = g.r() * g.s() * cIn;
    float[] packed = scratch.shared(g.groups() * panels * depth * width);
    for (int group = 0; group < g.groups(); group++) {
      pack(g, group, cIn, kOut, width, weight, packed);
    }
    int height = (target.p - 1) * target.stride + g.dilation() * (g.r() - 1) + 1;
    int wide = (target.q - 1) * target.stride + g.dilation() * (g.s() - 1) + 1;
    Taps taps = taps(g, wide, source.c, cIn, target.stride, width);
    workers.run(
        n,
        i -> {
          int slack = Loops.ROWS * target.stride * source.c + width;
          float[] image = scratch.local(0, height * wide * source.c + slack);
          place(source, i, height, wide, image);
          if (few) {
            dots(g, i, target, cIn, kOut, taps, packed, bias, image, wide * source.c, y);
          } else {
            image(g, i, target, cIn, kOut, panels, taps, packed, bias, image, wide * source.c, y);
          }
        });
    scratch.giveBack(packed);
  }

  /** Output channels side by side in panels of {@code width}, missing ones as zeros. */
  private static void pack(
      ConvGeometry g, int group, int cIn, int kOut, int width, WeightAt weight, float[] packed) {
    int panels = (kOut + width - 1) / width;
    int at = group * panels * g.r() * g.s() * cIn * width;
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

  /** An image with few output channels: each is a sum of products along the taps. */
  private void dots(
      ConvGeometry g,
      int i,
      Target t,
      int cIn,
      int kOut,
      Taps taps,
      float[] packed,
      float[] bias,
      float[] image,
      int imageRow,
      float[] y) {
    int depth = g.r() * g.s() * cIn;
    float[] sums = scratch.local(1, Loops.ROWS);
    for (int p = 0; p < t.p; p++) {
      int out = (i * t.p + p) * t.q * t.k;
      for (int k = 0; k < t.k; k++) {
        for (int q = 0; q < t.q; q += Loops.ROWS) {
          int a = p * t.stride * imageRow + q * taps.aRow + k / kOut * cIn;
          loops.dots(taps, image, a, packed, k * depth, sums);
          for (int j = 0; j < Math.min(Loops.ROWS, t.q - q); j++) {
            y[out + (q + j) * t.k + k] = bias == null ? sums[j] : sums[j] + bias[k];
          }
        }
      }
    }
  }

  private static Taps taps(ConvGeometry g, int wide, int channels, int cIn, int stride, int width) {
    boolean runs = g.dilation() == 1 && cIn == channels;
    int perRow = runs ? 1 : g.s();
    int length = runs ? g.s() * cIn : cIn;
    int[] a = new int[g.r() * perRow];
    int[] b = new int[a.length];
    for (int t = 0; t < a.length; t++) {
      a[t] = (t / perRow * wide + t % perRow) * g.dilation() * channels;
      b[t] = t * length * width;
    }
    return new Taps(a, b, length, stride * channels, 1, width);
  }

  /** Copies image i into scratch: zeros, and its pixels where the source says. */
  private static void place(Source s, int i, int height, int wide, float[] image) {
    Arrays.fill(image, 0, height * wide * s.c, 0);
    for (int h = 0; h < s.h; h++) {
      int row = s.top + h * s.spread;
      if (row < 0 || row >= height) {
        continue;
      }
      int from = (i * s.h + h) * s.w * s.c;
      if (s.spread == 1) {
        int first = Math.max(0, -s.left);
        int last = Math.min(s.w, wide - s.left);
        if (last > first) {
          int at = (row * wide + s.left + first) * s.c;
          System.arraycopy(s.x, from + first * s.c, image, at, (last - first) * s.c);
        }
        continue;
      }
      for (int v = 0; v < s.w; v++) {
        int column = s.left + v * s.spread;
        if (column >= 0 && column < wide) {
          System.arraycopy(s.x, from + v * s.c, image, (row * wide + column) * s.c, s.c);
        }
      }
    }
  }

  private void image(
      ConvGeometry g,
      int i,
      Target t,
      int cIn,
      int kOut,
      int panels,
      Taps taps,
      float[] packed,
      float[] bias,
      float[] image,
      int imageRow,
      float[] y) {
    int width = loops.columns();
    int depth = g.r() * g.s() * cIn;
    float[] edge = scratch.local(1, Loops.ROWS * width);
    for (int p = 0; p < t.p; p++) {
      int out = (i * t.p + p) * t.q * t.k;
      for (int q = 0; q < t.q; q++) {
        if (bias == null) {
          Arrays.fill(y, out + q * t.k, out + (q + 1) * t.k, 0);
        } else {
          System.arraycopy(bias, 0, y, out + q * t.k, t.k);
        }
      }
      for (int group = 0; group < g.groups(); group++) {
        for (int panel = 0; panel < panels; panel++) {
          int b = (group * panels + panel) * depth * width;
          int k = group * kOut + panel * width;
          int columns = Math.min(width, kOut - panel * width);
          for (int q = 0; q < t.q; q += Loops.ROWS) {
            int a = p * t.stride * imageRow + q * taps.aRow + group * cIn;
            int rows = Math.min(Loops.ROWS, t.q - q);
            int at = out + q * t.k + k;
            Tiles.add(loops, taps, image, a, packed, b, y, at, t.k, rows, columns, edge);
          }
        }
      }
    }
  }

  void weightGrad(ConvGeometry g, float[] x, float[] dy, float[] dw) {
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
      loops.binary(
          dev.teak.engine.backend.BinaryFunction.ADD, dw, 0, sums, part * size, dw, 0, size);
    }
    scratch.giveBack(sums);
  }

  private void weightGradOf(ConvGeometry g, int i, float[] x, float[] dy, float[] dw, int at) {
    int width = loops.columns();
    int height = (g.p() - 1) * g.stride() + g.dilation() * (g.r() - 1) + 1;
    int wide = (g.q() - 1) * g.stride() + g.dilation() * (g.s() - 1) + 1;
    int channels = g.c();
    float[] image = scratch.local(0, height * wide * channels + width);
    place(
        new Source(x, g.h(), g.w(), channels, 1, g.padding(), g.padding()), i, height, wide, image);
    // Rows of the tile beyond the last channel would read past the end of dy: it is copied too.
    int pixels = g.p() * g.q() * g.k();
    float[] grad = scratch.local(2, pixels + Loops.ROWS);
    System.arraycopy(dy, i * pixels, grad, 0, pixels);
    int[] a = new int[g.p()];
    int[] b = new int[g.p()];
    for (int p = 0; p < g.p(); p++) {
      a[p] = p * g.q() * g.k();
      b[p] = p * g.stride() * wide * channels;
    }
    Taps taps = new Taps(a, b, g.q(), 1, g.k(), g.stride() * channels);
    boolean runs = g.dilation() == 1 && g.groups() == 1;
    int run = runs ? g.s() * channels : g.cGroup();
    int perRow = runs ? 1 : g.s();
    float[] edge = scratch.local(1, Loops.ROWS * width);
    for (int t = 0; t < g.r() * perRow; t++) {
      int tap = (t / perRow * wide + t % perRow) * g.dilation() * channels;
      for (int group = 0; group < g.groups(); group++) {
        for (int j = 0; j < run; j += width) {
          for (int k = 0; k < g.kGroup(); k += Loops.ROWS) {
            int k0 = group * g.kGroup() + k;
            int c = at + k0 * g.r() * g.s() * g.cGroup() + t * run + j;
            int rows = Math.min(Loops.ROWS, g.kGroup() - k);
            int columns = Math.min(width, run - j);
            int from = tap + group * g.cGroup() + j;
            int cRow = g.r() * g.s() * g.cGroup();
            Tiles.add(loops, taps, grad, k0, image, from, dw, c, cRow, rows, columns, edge);
          }
        }
      }
    }
  }
}
