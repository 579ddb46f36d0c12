package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * How {@link PlaneConvolution} lays out a band of an image {@code [h, w, c]}. For a kernel that
 * moves by a stride, its pixels fall into as many planes as the strides' product, one for each
 * remainder of row and column: in a plane, neighbouring outputs see neighbours. Planes that no tap
 * sees are left out. A plane has its padding as zeros, and 16 channels of all its pixels before the
 * next 16:
 *
 * <pre>
 *   [plane][channels / 16][row][column][16]
 * </pre>
 *
 * @param seen which of the {@code down x across} planes are laid out
 * @param top rows above a pixel's own that a tap looks at, as a number below 0
 * @param bottom rows below it
 * @param left columns in front of it, as a number below 0
 * @param wide columns of a plane
 */
record Planes(
    float[] x,
    int h,
    int w,
    int c,
    int down,
    int across,
    boolean[] seen,
    int top,
    int bottom,
    int left,
    int wide,
    Tile tile) {

  private int strips() {
    return (c + Tile.STRIP - 1) / Tile.STRIP;
  }

  private int count() {
    int n = 0;
    for (boolean s : seen) {
      n += s ? 1 : 0;
    }
    return n;
  }

  /** Floats of a row of all planes. */
  int rowFloats() {
    return count() * strips() * wide * Tile.STRIP;
  }

  /** From 16 channels of a band of {@code rows} to the next: a line more, for other cache sets. */
  int stripStep(int rows) {
    return ((rows + bottom - top) * wide + 1) * Tile.STRIP;
  }

  /** Floats of a band, and of what the last tile reads behind it. */
  int floats(int rows) {
    return count() * strips() * stripStep(rows) + Tile.STRIP_STEP;
  }

  /** Where the first pixel's tap lies. */
  int at(int plane, int tapDown, int tapAcross, int rows) {
    int before = 0;
    for (int i = 0; i < plane; i++) {
      before += seen[i] ? 1 : 0;
    }
    int place = (tapDown - top) * wide + tapAcross - left;
    return before * strips() * stripStep(rows) + place * Tile.STRIP;
  }

  /** Lays out what rows {@code first} (with) to {@code last} (without) of an image's result see. */
  void place(int image, int first, int last, float[] to, int at) {
    int step = stripStep(last - first);
    int plane = at;
    for (int i = 0; i < seen.length; i++) {
      if (seen[i]) {
        for (int row = first + top; row < last + bottom; row++) {
          int line = plane + (row - first - top) * wide * Tile.STRIP;
          row(image, row * down + i / across, i % across, to, line, step);
        }
        plane += strips() * step;
      }
    }
  }

  /** A row of the image, every {@code across}-th pixel of it. */
  private void row(int image, int row, int remainder, float[] to, int at, int step) {
    boolean inside = row >= 0 && row < h;
    // Columns j whose pixel (j + left) across + remainder is inside the image.
    int low = inside ? Math.min(wide, -left) : wide;
    int high =
        inside ? Math.max(low, Math.min(wide, (w - 1 - remainder + across) / across - left)) : wide;
    zeros(to, at, step, 0, low);
    int from = ((image * h + row) * w + (low + left) * across + remainder) * c;
    for (int j = low; j < high; j++, from += across * c) {
      tile.putPieces(x, from, c, to, at + j * Tile.STRIP, step, 0);
    }
    if (c % Tile.STRIP != 0) {
      int tail = at + (strips() - 1) * step;
      for (int j = low; j < high; j++) {
        Arrays.fill(to, tail + j * Tile.STRIP + c % Tile.STRIP, tail + (j + 1) * Tile.STRIP, 0);
      }
    }
    zeros(to, at, step, high, wide);
  }

  private void zeros(float[] to, int at, int step, int first, int last) {
    for (int i = 0; i < strips() && first < last; i++) {
      int line = at + i * step;
      Arrays.fill(to, line + first * Tile.STRIP, line + last * Tile.STRIP, 0);
    }
  }
}
