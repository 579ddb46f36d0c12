package dev.teak.engine.jvm;

/**
 * Where neighbouring channels go: blocks of {@code 1 << shift} lie side by side, {@code step}
 * apart.
 *
 * @param shift logarithm of the channels of a block
 * @param step distance between blocks
 */
record Lanes(int shift, int step) {
  /** One behind the other. */
  static final Lanes LINEAR = new Lanes(30, 0);

  /** As the rows of a tile lie in strips. */
  static final Lanes STRIPS = blocks(Tile.STRIP, Tile.ROWS * Tile.STRIP);

  /** Blocks of so many channels, a power of two. */
  static Lanes blocks(int channels, int step) {
    return new Lanes(Integer.numberOfTrailingZeros(channels), step);
  }

  int at(int channel) {
    return (channel >> shift) * step + (channel & ((1 << shift) - 1));
  }
}
