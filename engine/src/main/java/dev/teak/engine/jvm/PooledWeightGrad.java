package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.jvm.PooledGrads.Pooled;
import java.util.Arrays;

/**
 * The gradient of a 3x3 kernel of many channels with a relu and a max-pooling behind it. Of a
 * window's pixels only the winner has a gradient, so an output channel's kernel gets no more than
 *
 * <pre>
 *   dw[3x3 taps, 32 channels] += dy x[3x3 pixels around the winner, 32 channels]
 * </pre>
 *
 * <p>of each window, the sums in registers while the windows go by. For windows of 2x2 that is as
 * many products as Winograd's F(4x4) needs for all pixels, with nothing to transform. (The input's
 * gradient has no sums that could stay in registers, and gains nothing from it.)
 *
 * <p>An image lies in slices of 32 channels with its padding, and windows are taken in blocks of
 * rows, so that the pixels of a block are in L1 for all output channels.
 */
final class PooledWeightGrad {
  /** Channels of a slice: two of the longest vectors. */
  static final int LANES = 32;

  /** Floats of a slice's pixels that a block of windows may see: half of L1. */
  private static final int BLOCK_FLOATS = 4096;

  /** Floats of an image up to which it stays in L2. */
  private static final int MOST = 216 * 1024;

  /** Parts of the images, each of one thread, with sums of their own. */
  private static final int PARTS = 16;

  private final Loops loops;
  private final TapLoops taps;
  private final Workers workers;
  private final Scratch scratch;

  PooledWeightGrad(Loops loops, TapLoops taps, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.taps = taps;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether this shape is one for it, and this gradient comes from a pooling. */
  static boolean suits(ConvGeometry g, Source dy) {
    return dy.pooled() != null
        && Winograd.fits(g)
        && g.c() >= LANES
        && g.rows().padded() * g.columns().padded() * g.c() <= MOST;
  }

  void run(ConvGeometry g, float[] x, Pooled from, float[] dw) {
    new Call(g, x, from).run(dw);
  }

  /** What the parts of one call share. */
  private final class Call {
    final ConvGeometry g;
    final PoolGeometry pool;
    final float[] x;
    final Pooled from;
    final int slices;

    /** Floats of a row of a slice, and of a slice. */
    final int line;

    final int slice;

    /** Rows of windows of a block. */
    final int blockRows;

    /** How far each place of a window is from its corner. */
    final int[] placeAt;

    /** Floats of a part's sums: {@code [slice][output channel][tap][LANES]}. */
    final int part;

    Call(ConvGeometry g, float[] x, Pooled from) {
      this.g = g;
      this.pool = from.pool();
      this.x = x;
      this.from = from;
      this.slices = (g.c() + LANES - 1) / LANES;
      this.line = g.columns().padded() * LANES;
      this.slice = g.rows().padded() * line;
      int down = pool.rows().taps();
      int across = pool.columns().taps();
      this.blockRows = Math.max(1, Math.min(pool.p(), (BLOCK_FLOATS / line - 2) / down));
      this.placeAt = new int[pool.places()];
      Arrays.setAll(placeAt, i -> i / across * line + i % across * LANES);
      this.part = slices * g.k() * 9 * LANES;
    }

    void run(float[] dw) {
      int parts = Math.max(1, Math.min(PARTS, g.n()));
      float[] sums = scratch.shared(Scratch.START + parts * part);
      workers.run(
          parts,
          i -> {
            int at = Scratch.START + i * part;
            Arrays.fill(sums, at, at + part, 0);
            images(g.n() * i / parts, g.n() * (i + 1) / parts, sums, at);
          });
      workers.run(g.k(), k -> fold(k, parts, sums, dw));
      scratch.giveBack(sums);
    }

    private void images(int first, int last, float[] sums, int to) {
      int size = Scratch.START + slices * slice;
      float[] pixels = scratch.local(Scratch.A, size);
      Arrays.fill(pixels, 0, size, 0);
      for (int image = first; image < last; image++) {
        place(image, pixels);
        for (int top = 0; top < pool.p(); top += blockRows) {
          block(image, top, Math.min(pool.p(), top + blockRows), pixels, sums, to);
        }
      }
    }

    /** Copies an image inside the padding. */
    private void place(int image, float[] to) {
      int at = image * g.h() * g.w() * g.c();
      for (int h = 0; h < g.h(); h++) {
        int row = Scratch.START + (h + g.rows().before()) * line + g.columns().before() * LANES;
        for (int w = 0; w < g.w(); w++, at += g.c()) {
          for (int c = 0, s = row + w * LANES; c < g.c(); c += LANES, s += slice) {
            System.arraycopy(x, at + c, to, s, Math.min(LANES, g.c() - c));
          }
        }
      }
    }

    /** Adds what the windows of some rows give to each channel's kernel. */
    private void block(int image, int top, int end, float[] pixels, float[] sums, int to) {
      int row = pool.q() * g.k();
      int n = (end - top) * row;
      int first = (image * pool.p() + top) * row;
      int[] at = scratch.ints(Scratch.PLACES, n);
      float[] v = scratch.local(Scratch.BAND, n);
      loops.binary(BinaryFunction.RELU_GRAD, from.y(), first, from.dy(), first, v, 0, n);
      find(first, top, end, at);
      for (int s = 0; s < slices; s++) {
        for (int k = 0; k < g.k(); k++, to += 9 * LANES) {
          taps.addPatches(pixels, s * slice, line, at, v, k, n, g.k(), sums, to);
        }
      }
    }

    /** Where in a slice the patches of the winners begin: of each window, of all channels. */
    private void find(int first, int top, int end, int[] at) {
      byte[] winners = from.winners();
      int n = 0;
      for (int p = top; p < end; p++) {
        for (int q = 0; q < pool.q(); q++) {
          int down = p * pool.rows().taps() * line;
          int corner = Scratch.START + down + q * pool.columns().taps() * LANES;
          for (int last = n + g.k(); n < last; n++) {
            at[n] = corner + placeAt[winners[first + n] & 0xFF];
          }
        }
      }
    }

    /** An output channel's gradient: the sums of all parts, from first to last. */
    private void fold(int k, int parts, float[] sums, float[] dw) {
      for (int c = 0; c < g.c(); c += LANES) {
        int at = Scratch.START + (c / LANES * g.k() + k) * 9 * LANES;
        for (int i = 1; i < parts; i++) {
          Loops.axpy(1, sums, at + i * part, sums, at, 9 * LANES);
        }
        for (int tap = 0; tap < 9; tap++, at += LANES) {
          System.arraycopy(sums, at, dw, (k * 9 + tap) * g.c() + c, Math.min(LANES, g.c() - c));
        }
      }
    }
  }
}
