package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * Images {@code [h, w, c]} with {@code top} rows of zeros above and {@code left} columns of them in
 * front, and zeros behind, {@code wide} pixels a row. A kernel looks at every {@code down}-th row
 * and {@code stride}-th column.
 *
 * <p>The input pixels of neighbouring outputs lie {@code stride * c} floats apart. Where that is a
 * little less than {@link Tile#SPACE}, as in the first layers of CNNs, they are moved to just that
 * distance, so that a tile can walk its rows with one address ({@link Tile#spaced}).
 */
record PaddedImages(
    Source pixels,
    int h,
    int w,
    int c,
    int top,
    int left,
    int height,
    int wide,
    int down,
    int stride) {

  /** Whether pixels are moved so; where they are few floats apart, images would only grow. */
  boolean isSpaced() {
    return stride * c <= Tile.SPACE && stride * c > Tile.SPACE / 4;
  }

  private int groups() {
    return (Math.max(wide, w + left) + stride - 1) / stride;
  }

  /** Floats of a row. */
  private int line() {
    return isSpaced() ? groups() * Tile.SPACE : wide * c;
  }

  /** Floats of an image, and of what tiles may read behind it. */
  int size() {
    return height * line() + Tile.ROWS * Math.max(Tile.SPACE, stride * c);
  }

  /** Where a pixel begins. */
  int at(int row, int column) {
    int across = column * c;
    if (isSpaced()) {
      across = column / stride * Tile.SPACE + column % stride * c;
    }
    return row * line() + across;
  }

  /** Copies image i. */
  void place(int i, Tile tile, Scratch scratch, float[] image) {
    Arrays.fill(image, 0, height * line(), 0);
    int size = groups() * stride * c + Tile.STRIP;
    float[] row = scratch.local(Scratch.BAND, size);
    Arrays.fill(row, 0, size, 0);
    int columns = Math.max(0, Math.min(w, wide - left)); // none where only padding is seen
    for (int y = 0; y < Math.min(h, height - top); y++) {
      int at = at(y + top, 0);
      if (isSpaced()) {
        pixels.row(i, y, row, left * c);
        tile.space(row, stride * c, groups(), image, at);
      } else if (columns == w) {
        pixels.row(i, y, image, at + left * c);
      } else {
        pixels.row(i, y, row, 0);
        System.arraycopy(row, 0, image, at + left * c, columns * c);
      }
    }
  }
}
