package dev.teak.engine.jvm;

import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.PoolGeometry;
import java.util.Arrays;

/** Pooling of {@code [N, H, W, C]}, an image at a time; windows over the border see less of it. */
final class Pooling {
  /** What no largest value is less than. */
  private static final float NONE = Float.NEGATIVE_INFINITY;

  private final Loops loops;
  private final Workers workers;
  private final Scratch scratch;

  Pooling(Loops loops, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Max-pooling of rows that come a band at a time, and negative results to 0. */
  Sink reluMax(PoolGeometry g, float[] y, byte[] winners) {
    int down = g.rows().taps();
    int across = g.columns().taps();
    int[] at = pixels(g);
    byte[] place = places(at.length);
    return new Sink() {
      private EqualPatches equal;

      @Override
      void expect(EqualPatches patches) {
        equal = patches;
      }

      @Override
      void even(int image) {
        evenWindows(g, equal, image, y, winners);
      }

      @Override
      int band() {
        return down;
      }

      @Override
      float[] array(Band band) {
        return scratch.local(Scratch.ROWS, band.rows() * g.w() * band.channels());
      }

      @Override
      int at(Band band) {
        return band.row() % band.rows() * g.w() * band.channels();
      }

      @Override
      int pixel(Band band) {
        return band.channels();
      }

      @Override
      void done(Band band, int count) {
        float[] x = array(band);
        int n = band.channels();
        int last = Math.min((band.row() + count) / down, g.p());
        for (int p = band.row() / down; p < last; p++) {
          int out = (band.image() * g.p() + p) * g.q() * g.c() + band.channel();
          int from = at(band) + (p * down - band.row()) * g.w() * n;
          for (int q = 0; q < g.q(); q++, from += across * n) {
            if (equal != null && equal.in(band.image())) {
              int corner = p * down * g.w() + q * across;
              evenPixels(equal, band.image(), corner, at, x, from, n);
            }
            loops.maxOf(x, from, at, n, place, at.length, 0, y, winners, out + q * g.c(), n);
          }
        }
      }
    };
  }

  /** Gives the equal pixels of a window, of n channels, the first one's values. */
  private static void evenPixels(
      EqualPatches equal, int image, int corner, int[] at, float[] x, int from, int n) {
    for (int i = 1; i < at.length; i++) {
      int j = 0;
      while (equal.first(image, corner + at[j]) != equal.first(image, corner + at[i])) {
        j++;
      }
      if (j < i) {
        System.arraycopy(x, from + at[j] * n, x, from + at[i] * n, n);
      }
    }
  }

  /** Gives windows that hold one and the same pixel everywhere the result of the first of them. */
  private void evenWindows(
      PoolGeometry g, EqualPatches equal, int image, float[] y, byte[] winners) {
    int[] at = pixels(g);
    int[] windows = scratch.ints(Scratch.PLACES, g.h() * g.w()); // by their pixels' first
    Arrays.fill(windows, 0, g.h() * g.w(), -1);
    for (int i = 0; i < g.p() * g.q(); i++) {
      int corner = i / g.q() * g.rows().taps() * g.w() + i % g.q() * g.columns().taps();
      int first = equal.first(image, corner);
      boolean same = true;
      for (int j = 1; j < at.length; j++) {
        same &= equal.first(image, corner + at[j]) == first;
      }
      int window = image * g.p() * g.q() + i;
      if (same && windows[first] >= 0) {
        System.arraycopy(y, windows[first] * g.c(), y, window * g.c(), g.c());
        System.arraycopy(winners, windows[first] * g.c(), winners, window * g.c(), g.c());
      } else if (same) {
        windows[first] = window;
      }
    }
  }

  /**
   * The gradient of a relu with this pooling behind it, row by row: dy where the pooled y is above
   * 0, put where the winners were.
   */
  Source reluMaxGrad(PoolGeometry g, float[] dy, float[] y, byte[] winners) {
    int down = g.rows().taps();
    int across = g.columns().taps();
    return new Source() {
      @Override
      PooledGrads.Pooled pooled() {
        return new PooledGrads.Pooled(g, dy, y, winners);
      }

      @Override
      void row(int image, int row, float[] to, int at) {
        int p = row / down;
        int end = at + g.w() * g.c();
        if (p >= g.p()) {
          Arrays.fill(to, at, end, 0);
          return;
        }
        int from = (image * g.p() + p) * g.q() * g.c();
        for (int q = 0; q < g.q(); q++, from += g.c()) {
          for (int s = 0; s < across; s++, at += g.c()) {
            byte place = (byte) (row % down * across + s);
            loops.reluPlaced(winners, from, place, y, dy, to, at, g.c());
          }
        }
        Arrays.fill(to, at, end, 0);
      }
    };
  }

  /** The gradient of a relu, row by row: dy where y is above 0. */
  Source reluGrad(float[] dy, float[] y, Shape shape) {
    int length = shape.dim(2) * shape.dim(3);
    return new Source() {
      @Override
      void row(int image, int row, float[] to, int at) {
        int from = (image * shape.dim(1) + row) * length;
        loops.binary(BinaryFunction.RELU_GRAD, y, from, dy, from, to, at, length);
      }
    };
  }

  void max(PoolGeometry g, float[] x, float[] y, byte[] winners) {
    workers.run(
        g.n() * g.p(),
        row -> {
          int[] at = new int[g.places()];
          byte[] place = new byte[at.length];
          for (int q = 0; q < g.q(); q++) {
            int count = window(g, row / g.p(), row % g.p(), q, at, place);
            int out = (row * g.q() + q) * g.c();
            loops.maxOf(x, 0, at, 1, place, count, NONE, y, winners, out, g.c());
          }
        });
  }

  /**
   * Where the window's pixels inside the image lie, and their places in the window; their number.
   */
  private static int window(PoolGeometry g, int n, int p, int q, int[] at, byte[] place) {
    int count = 0;
    for (int i = 0; i < at.length; i++) {
      int h = g.rows().at(p, i / g.columns().taps());
      int w = g.columns().at(q, i % g.columns().taps());
      if (h >= 0 && h < g.h() && w >= 0 && w < g.w()) {
        place[count] = (byte) i;
        at[count++] = ((n * g.h() + h) * g.w() + w) * g.c();
      }
    }
    return count;
  }

  void maxGrad(PoolGeometry g, float[] dy, byte[] winners, float[] dx) {
    if (g.isTiled()) {
      workers.run(g.n() * g.p(), row -> maxGradOfRow(g, row, dy, winners, dx));
      return;
    }
    int[] offset = offsets(g);
    workers.run(
        g.n(),
        n -> {
          int image = n * g.h() * g.w() * g.c();
          Arrays.fill(dx, image, image + g.h() * g.w() * g.c(), 0);
          for (int p = 0; p < g.p(); p++) {
            for (int q = 0; q < g.q(); q++) {
              int out = ((n * g.p() + p) * g.q() + q) * g.c();
              int corner = corner(g, n, p, q);
              for (int c = 0; c < g.c(); c++) {
                dx[corner + offset[winners[out + c] & 0xFF] + c] += dy[out + c];
              }
            }
          }
        });
  }

  /** The windows of a row, side by side: each pixel of them is written once. */
  private void maxGradOfRow(PoolGeometry g, int row, float[] dy, byte[] winners, float[] dx) {
    int length = g.w() * g.c();
    int down = g.rows().taps();
    int across = g.columns().taps();
    int top = (row / g.p() * g.h() + row % g.p() * down) * length;
    for (int r = 0; r < down; r++) {
      for (int q = 0; q < g.q(); q++) {
        int out = (row * g.q() + q) * g.c();
        for (int s = 0; s < across; s++) {
          int to = top + r * length + (q * across + s) * g.c();
          loops.whereEqual(winners, out, (byte) (r * across + s), dy, out, dx, to, g.c());
        }
      }
      int rest = top + r * length + g.q() * across * g.c();
      Arrays.fill(dx, rest, top + (r + 1) * length, 0);
    }
    if (row % g.p() == g.p() - 1) {
      int image = row / g.p();
      Arrays.fill(dx, top + down * length, (image + 1) * g.h() * length, 0);
    }
  }

  void maxPick(PoolGeometry g, float[] x, byte[] winners, float[] y) {
    int[] offset = offsets(g);
    workers.run(
        g.n() * g.p(),
        row -> {
          for (int q = 0; q < g.q(); q++) {
            int out = (row * g.q() + q) * g.c();
            int corner = corner(g, row / g.p(), row % g.p(), q);
            for (int c = 0; c < g.c(); c++) {
              y[out + c] = x[corner + offset[winners[out + c] & 0xFF] + c];
            }
          }
        });
  }

  /** Where a window begins; before the image, if it hangs over. */
  private static int corner(PoolGeometry g, int n, int p, int q) {
    return ((n * g.h() + g.rows().first(p)) * g.w() + g.columns().first(q)) * g.c();
  }

  /** How far each place of a window is from its corner. */
  private static int[] offsets(PoolGeometry g) {
    int[] offset = pixels(g);
    Arrays.setAll(offset, i -> offset[i] * g.c());
    return offset;
  }

  /** The same in pixels. */
  private static int[] pixels(PoolGeometry g) {
    int across = g.columns().taps();
    int down = g.rows().dilation() * g.w();
    int[] at = new int[g.places()];
    Arrays.setAll(at, i -> i / across * down + i % across * g.columns().dilation());
    return at;
  }

  private static byte[] places(int count) {
    byte[] place = new byte[count];
    for (int i = 0; i < count; i++) {
      place[i] = (byte) i;
    }
    return place;
  }

  void average(PoolGeometry g, float[] x, float[] y) {
    workers.run(
        g.n() * g.p(),
        row -> {
          int image = row / g.p() * g.h() * g.w() * g.c();
          int p = row % g.p();
          for (int q = 0; q < g.q(); q++) {
            int out = (row * g.q() + q) * g.c();
            float share = 1f / g.divisor(p, q);
            Arrays.fill(y, out, out + g.c(), 0);
            window(g, p, q, at -> Loops.axpy(share, x, image + at, y, out, g.c()));
          }
        });
  }

  void averageGrad(PoolGeometry g, float[] dy, float[] dx) {
    workers.run(
        g.n(),
        n -> {
          int image = n * g.h() * g.w() * g.c();
          Arrays.fill(dx, image, image + g.h() * g.w() * g.c(), 0);
          for (int i = 0; i < g.p() * g.q(); i++) {
            int out = (n * g.p() * g.q() + i) * g.c();
            float share = 1f / g.divisor(i / g.q(), i % g.q());
            window(
                g, i / g.q(), i % g.q(), at -> Loops.axpy(share, dy, out, dx, image + at, g.c()));
          }
        });
  }

  /** What to do with a pixel of an image that begins {@code at} so many elements in it. */
  private interface Pixel {
    void at(int at);
  }

  /** The pixels of a window that lie inside the image, in reading order. */
  private static void window(PoolGeometry g, int p, int q, Pixel pixel) {
    for (int r = 0; r < g.rows().taps(); r++) {
      int h = g.rows().at(p, r);
      for (int s = 0; h >= 0 && h < g.h() && s < g.columns().taps(); s++) {
        int w = g.columns().at(q, s);
        if (w >= 0 && w < g.w()) {
          pixel.at((h * g.w() + w) * g.c());
        }
      }
    }
  }
}
