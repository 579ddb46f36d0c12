package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;
import java.util.Arrays;

/**
 * The gradients of a convolution of few channels with a relu and a max-pooling behind it, such as
 * the first layer of a CNN. Of a pooling window's pixels only the winner has a gradient, so it is
 * one product a window and channel instead of one a pixel and channel. A window sees a patch of the
 * input, for windows of 2x2 and kernels of 3x3 one of 4x4, a vector's length:
 *
 * <pre>
 *   patch of dx  = sum over k of dy[k] (kernel k, moved to the winner's place)
 *   patches of dw[k, winner's place] += dy[k] (patch of x)
 * </pre>
 */
final class PooledGrads {
  /** Floats of a patch up to which this pays. */
  private static final int MOST = 64;

  /** Slices of the images, each of one thread; a weight's gradient has sums of its own in each. */
  private static final int SLICES = 16;

  private final Loops loops;
  private final TapLoops taps;
  private final Workers workers;
  private final Scratch scratch;

  /** What is behind the convolution: the pooled result, its gradient, and which pixels won. */
  record Pooled(PoolGeometry pool, float[] dy, float[] y, byte[] winners) {}

  PooledGrads(Loops loops, TapLoops taps, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.taps = taps;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether this shape is one for it, and this gradient comes from a pooling. */
  static boolean suits(ConvGeometry g, Source dy) {
    return dy.pooled() != null
        && g.rows().isDense()
        && g.columns().isDense()
        && g.groups() == 1
        && new Windows(g, dy.pooled()).size <= MOST;
  }

  /** The windows of a shape, and the patches that they see. */
  private static final class Windows {
    final ConvGeometry g;
    final PoolGeometry pool;
    final Pooled from;

    /** Places of a window. */
    final int places;

    /** Rows of a patch, and the floats of each. */
    final int rows;

    final int row;

    /** Floats of a patch, with what fills its last vector. */
    final int size;

    /** Floats of a row of the padded input. */
    final int wide;

    Windows(ConvGeometry g, Pooled from) {
      this.g = g;
      this.pool = from.pool;
      this.from = from;
      this.places = pool.places();
      this.rows = pool.rows().taps() + g.r() - 1;
      this.row = (pool.columns().taps() + g.s() - 1) * g.c();
      this.size = (rows * row + Tile.STRIP - 1) / Tile.STRIP * Tile.STRIP;
      this.wide = g.columns().padded() * g.c();
    }

    int padded() {
      return g.rows().padded() * wide;
    }

    /** Where an element of a kernel lies in a patch whose winner is at {@code place}. */
    int at(int place, int tap) {
      int across = pool.columns().taps();
      int r = place / across + tap / (g.s() * g.c());
      return r * row + place % across * g.c() + tap % (g.s() * g.c());
    }

    int taps() {
      return g.r() * g.s() * g.c();
    }

    /** Of a row of windows: which kernel at which place each channel's patch is of. */
    void find(int first, int n, int[] patches) {
      for (int i = 0, k = 0; i < n; i++) {
        patches[i] = Scratch.START + (k * places + (from.winners[first + i] & 0xFF)) * size;
        k = k == g.k() - 1 ? 0 : k + 1;
      }
    }
  }

  /** Does something with each row of windows of an image. */
  private interface Row {
    /**
     * The windows of a row.
     *
     * @param corner of the first window's patch in the padded input
     * @param v the gradient of each window and channel
     * @param patches where the patch of each begins
     */
    void at(int corner, float[] v, int[] patches);
  }

  /** Does something with each image. */
  private interface Image {
    void at(int slice, int image);
  }

  private static int slices(ConvGeometry g) {
    return Math.max(1, Math.min(SLICES, g.n()));
  }

  private void slices(Windows s, Image then) {
    int n = s.g.n();
    int slices = slices(s.g);
    workers.run(
        slices,
        slice -> {
          for (int i = n * slice / slices; i < n * (slice + 1) / slices; i++) {
            then.at(slice, i);
          }
        });
  }

  private void rows(Windows s, int image, Row then) {
    int n = s.pool.q() * s.g.k();
    int[] patches = scratch.ints(Scratch.PLACES, n);
    float[] v = scratch.local(Scratch.BAND, n);
    for (int p = 0; p < s.pool.p(); p++) {
      int first = (image * s.pool.p() + p) * n;
      loops.binary(BinaryFunction.RELU_GRAD, s.from.y, first, s.from.dy, first, v, 0, n);
      s.find(first, n, patches);
      then.at(p * s.pool.rows().taps() * s.wide, v, patches);
    }
  }

  void inputGrad(ConvGeometry g, Pooled from, float[] w, float[] dx) {
    Windows s = new Windows(g, from);
    float[] kernels = kernels(s, w);
    slices(s, (slice, image) -> inputGrad(s, image, kernels, dx));
    scratch.giveBack(kernels);
  }

  /** Each kernel at each place of a patch, zeros around it. */
  private float[] kernels(Windows s, float[] w) {
    int n = s.g.k() * s.places;
    float[] kernels = scratch.zeros(Scratch.START + n * s.size);
    for (int i = 0; i < n; i++) {
      for (int tap = 0; tap < s.taps(); tap++) {
        int at = Scratch.START + i * s.size + s.at(i % s.places, tap);
        kernels[at] = w[i / s.places * s.taps() + tap];
      }
    }
    return kernels;
  }

  private void inputGrad(Windows s, int image, float[] kernels, float[] dx) {
    ConvGeometry g = s.g;
    float[] sums = scratch.local(Scratch.A, s.padded());
    Arrays.fill(sums, 0, s.padded(), 0);
    float[] patch = scratch.local(Scratch.TILE, s.size);
    rows(
        s,
        image,
        (corner, v, patches) -> {
          for (int q = 0; q < s.pool.q(); q++) {
            taps.patchSum(kernels, patches, v, q * g.k(), g.k(), s.size, patch);
            int to = corner + q * s.pool.columns().taps() * g.c();
            for (int r = 0, at = 0; r < s.rows; r++, to += s.wide) {
              for (int j = 0; j < s.row; j++, at++) {
                sums[to + j] += patch[at];
              }
            }
          }
        });
    int line = g.w() * g.c();
    for (int h = 0; h < g.h(); h++) {
      int at = (h + g.rows().before()) * s.wide + g.columns().before() * g.c();
      System.arraycopy(sums, at, dx, (image * g.h() + h) * line, line);
    }
  }

  void weightGrad(ConvGeometry g, float[] x, Pooled from, float[] dw) {
    Windows s = new Windows(g, from);
    int all = Scratch.START + g.k() * s.places * s.size;
    float[][] sums = new float[slices(g)][];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = scratch.zeros(all);
    }
    slices(s, (slice, image) -> weightGrad(s, image, x, sums[slice]));
    for (int i = 0; i < g.k() * s.taps(); i++) {
      dw[i] = folded(s, sums, i / s.taps(), i % s.taps());
    }
    Arrays.asList(sums).forEach(scratch::giveBack);
  }

  private void weightGrad(Windows s, int image, float[] x, float[] sums) {
    ConvGeometry g = s.g;
    float[] padded = scratch.local(Scratch.A, s.padded());
    Arrays.fill(padded, 0, s.padded(), 0);
    int line = g.w() * g.c();
    for (int h = 0; h < g.h(); h++) {
      int at = (h + g.rows().before()) * s.wide + g.columns().before() * g.c();
      System.arraycopy(x, (image * g.h() + h) * line, padded, at, line);
    }
    float[] patch = scratch.local(Scratch.TILE, s.size);
    Arrays.fill(patch, 0, s.size, 0);
    rows(
        s,
        image,
        (corner, v, patches) -> {
          for (int q = 0; q < s.pool.q(); q++) {
            int from = corner + q * s.pool.columns().taps() * g.c();
            for (int r = 0, at = 0; r < s.rows; r++, from += s.wide) {
              for (int j = 0; j < s.row; j++, at++) {
                patch[at] = padded[from + j];
              }
            }
            taps.patchAdd(patch, patches, v, q * g.k(), g.k(), s.size, sums);
          }
        });
  }

  /** A weight's gradient: that of all places and slices. */
  private static float folded(Windows s, float[][] sums, int k, int tap) {
    float sum = 0;
    for (float[] slice : sums) {
      for (int place = 0; place < s.places; place++) {
        sum += slice[Scratch.START + (k * s.places + place) * s.size + s.at(place, tap)];
      }
    }
    return sum;
  }
}
