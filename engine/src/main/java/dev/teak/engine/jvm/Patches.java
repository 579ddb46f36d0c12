package dev.teak.engine.jvm;

import java.util.List;

/**
 * What the pixels of a convolution's result see of its input {@code [n, h, w, c]}, written on the
 * fly as the rows of a matrix (im2col): a pixel's row has its taps one after the other, of each tap
 * all channels. Beyond the image are zeros.
 *
 * <p>A row is cut into pieces of {@link Tile#STRIP} elements, which lie wherever the product wants
 * them.
 */
final class Patches {
  /** Neighbouring columns that a row of the kernel sees, behind the pixel's own place. */
  record Run(int down, int across, int columns) {}

  private final float[] x;
  private final int h;
  private final int w;
  private final int c;
  private final int strideDown;
  private final int strideAcross;
  private final List<Run> runs;
  private final int length;
  private final Tile tile;
  private final float[] zeros;

  /**
   * Patches of {@code x}.
   *
   * @param strideDown between the places of pixels one above the other
   * @param strideAcross between those of pixels side by side
   * @param runs all of as many columns
   */
  Patches(
      float[] x, int h, int w, int c, int strideDown, int strideAcross, List<Run> runs, Tile tile) {
    this.x = x;
    this.h = h;
    this.w = w;
    this.c = c;
    this.strideDown = strideDown;
    this.strideAcross = strideAcross;
    this.runs = runs;
    this.length = runs.isEmpty() ? c : runs.get(0).columns * c;
    this.tile = tile;
    this.zeros = new float[length];
  }

  /** Elements of a row. */
  int depth() {
    return runs.size() * length;
  }

  /**
   * Writes elements {@code first} to {@code last} of the row of pixel (p, q): piece j begins at
   * {@code at + j step}.
   */
  void put(int image, int p, int q, int first, int last, float[] to, int at, int step) {
    for (int k = first; k < last; ) {
      Run run = runs.get(k / length);
      int from = k % length;
      int end = Math.min(length, from + last - k);
      int row = p * strideDown + run.down;
      int column = q * strideAcross + run.across;
      // Elements of this run that are inside the image.
      int low = Math.min(end, Math.max(from, -column * c));
      int high = row < 0 || row >= h ? low : Math.max(low, Math.min(end, (w - column) * c));
      int source = ((image * h + row) * w + column) * c;
      int piece = k - first - from;
      pieces(zeros, 0, piece + from, low - from, to, at, step);
      pieces(x, source + low, piece + low, high - low, to, at, step);
      pieces(zeros, 0, piece + high, end - high, to, at, step);
      k += end - from;
    }
  }

  /** Copies n elements to the places of elements {@code k} and on. */
  private void pieces(float[] a, int from, int k, int n, float[] to, int at, int step) {
    if (n > 0) {
      tile.putPieces(a, from, n, to, at, step, k);
    }
  }
}
