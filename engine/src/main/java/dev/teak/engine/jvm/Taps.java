package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;

/**
 * How a register tile walks over a padded image: {@code count} runs of {@code length} neighbouring
 * elements, run t beginning at {@code a[t]} behind the tile's own pixel; its 8 pixels are {@code
 * aRow} apart.
 */
final class Taps {
  final int count;
  final int length;
  final int[] a;
  final int aRow;

  /** The tile's pixels, and all steps of all runs, as tables for a gathering tile. */
  final int[] rowAt;

  final int[] stepAt;

  private Taps(int[] a, int length, int aRow) {
    this.count = a.length;
    this.length = length;
    this.a = a;
    this.aRow = aRow;
    this.rowAt = new int[Tile.ROWS];
    for (int i = 0; i < Tile.ROWS; i++) {
      rowAt[i] = i * aRow;
    }
    this.stepAt = new int[count * length];
    for (int i = 0; i < stepAt.length; i++) {
      stepAt[i] = a[i / length] + i % length;
    }
  }

  /**
   * The taps of a convolution's kernel.
   *
   * @param wide width of the padded image
   * @param channels of the image
   * @param cIn channels of it that the kernel sees
   * @param stride of the window
   */
  static Taps of(ConvGeometry g, int wide, int channels, int cIn, int stride) {
    boolean runs = g.dilation() == 1 && cIn == channels;
    int perRow = runs ? 1 : g.s();
    int[] a = new int[g.r() * perRow];
    for (int t = 0; t < a.length; t++) {
      a[t] = (t / perRow * wide + t % perRow) * g.dilation() * channels;
    }
    return new Taps(a, runs ? g.s() * cIn : cIn, stride * channels);
  }
}
