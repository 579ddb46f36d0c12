package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * The gradient of an input with few channels, such as that of an attacked image. As a convolution
 * it would have fewer output channels than a vector has lanes. Here the taps of the kernel are the
 * columns instead: a product {@code [pixels, K] x [K, R S C]} says what each pixel of the output's
 * gradient adds to each tap, and that is added up where the taps lie.
 */
final class ScatteredInputGrad {
  private static final int FEW_CHANNELS = 4;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  ScatteredInputGrad(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether this shape is one for it. */
  static boolean suits(ConvGeometry g) {
    return g.c() <= FEW_CHANNELS && g.groups() == 1;
  }

  /**
   * Writes the input's gradient.
   *
   * @param start what each channel of it begins with, or null for zeros
   */
  void run(ConvGeometry g, Source dy, float[] w, float[] start, Sink dx) {
    int width = tile.columns();
    int taps = g.r() * g.s() * g.c();
    int panels = (taps + width - 1) / width;
    int steps = g.k() + g.k() % 2;
    float[] packed = scratch.shared(Scratch.START + panels * steps * width);
    Arrays.fill(packed, 0, Scratch.START + panels * steps * width, 0);
    for (int panel = 0; panel < panels; panel++) {
      int first = panel * width;
      int at = Scratch.START + panel * steps * width;
      tile.packPanel(w, first, taps, Math.min(width, taps - first), g.k(), packed, at);
    }
    int[] tapAt = tapsIn(g);
    workers.run(g.n(), i -> image(g, i, dy, packed, tapAt, start, dx));
    scratch.giveBack(packed);
  }

  /** Where each tap lies in the padded input, behind the window's corner. */
  private static int[] tapsIn(ConvGeometry g) {
    int[] at = new int[g.r() * g.s() * g.c()];
    for (int t = 0; t < at.length; t++) {
      int r = t / (g.s() * g.c());
      int s = t / g.c() % g.s();
      int place = r * g.rows().dilation() * wide(g) + s * g.columns().dilation();
      at[t] = place * g.c() + t % g.c();
    }
    return at;
  }

  /** Width of the padded input. */
  private static int wide(ConvGeometry g) {
    return g.columns().padded();
  }

  private void image(
      ConvGeometry g, int i, Source dy, float[] packed, int[] tapAt, float[] start, Sink dx) {
    int c = g.c();
    int wide = wide(g) * c;
    float[] sums = scratch.local(Scratch.A, g.rows().padded() * wide);
    begin(sums, g.rows().padded() * wide, c, start);
    int step = g.columns().stride() * c;
    float[] row = scratch.local(Scratch.BAND, g.q() * g.k());
    int steps = g.k() + g.k() % 2;
    float[] strips = scratch.local(Scratch.B, Scratch.START + Tile.stripped(steps));
    float[] t = scratch.local(Scratch.TILE, Scratch.START + tile.size());
    for (int p = 0; p < g.p(); p++) {
      dy.row(i, p, row, 0);
      for (int q = 0; q < g.q(); q += Tile.ROWS) {
        int corner = p * g.rows().stride() * wide + q * step;
        int pixels = Math.min(Tile.ROWS, g.q() - q);
        tile.packRows(row, q * g.k(), g.k(), pixels, g.k(), strips, Scratch.START);
        for (int first = 0; first < tapAt.length; first += tile.columns()) {
          int b = Scratch.START + first * steps;
          tile.strips(
              steps,
              strips,
              Scratch.START,
              Tile.STRIP_STEP,
              packed,
              b,
              tile.zeros(),
              0,
              t,
              Scratch.START);
          int last = Math.min(tapAt.length, first + tile.columns());
          scatter(t, tapAt, first, last, sums, corner, step, pixels);
        }
      }
    }
    put(g, i, sums, dx);
  }

  private static void begin(float[] sums, int size, int c, float[] start) {
    if (start == null) {
      Arrays.fill(sums, 0, size, 0);
      return;
    }
    for (int at = 0; at < size; at += c) {
      System.arraycopy(start, 0, sums, at, c);
    }
  }

  /** Writes what of the padded sums is inside the image. */
  private static void put(ConvGeometry g, int i, float[] sums, Sink dx) {
    int rows = dx.band();
    int line = g.w() * g.c();
    Sink.Band band = new Sink.Band(rows, 0, g.c());
    for (int top = 0; top < g.h(); top += rows) {
      float[] to = dx.array(band.to(i, top));
      int at = dx.at(band);
      int count = Math.min(rows, g.h() - top);
      for (int h = top; h < top + count; h++, at += line) {
        int row = (h + g.rows().before()) * wide(g) + g.columns().before();
        System.arraycopy(sums, row * g.c(), to, at, line);
      }
      dx.done(band, count);
    }
  }

  private void scatter(
      float[] t, int[] tapAt, int first, int last, float[] sums, int corner, int step, int pixels) {
    for (int j = 0; j < pixels; j++) {
      int from = Scratch.START + j * tile.columns() - first;
      int to = corner + j * step;
      for (int tap = first; tap < last; tap++) {
        sums[to + tapAt[tap]] += t[from + tap];
      }
    }
  }
}
