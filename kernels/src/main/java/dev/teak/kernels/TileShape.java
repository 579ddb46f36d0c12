package dev.teak.kernels;

/**
 * A register tile of processors, as {@code tile.cl} draws it.
 *
 * @param rows rows of sums
 * @param vectors vectors in a row
 */
record TileShape(int rows, int vectors) {
  /** What a kernel file is compiled with for it. */
  String options() {
    return "-DROWS=" + rows + " -DVECTORS=" + vectors;
  }

  int columns(DeviceTraits traits) {
    return vectors * traits.lanes();
  }

  static int up(int n, int unit) {
    return (n + unit - 1) / unit * unit;
  }

  @Override
  public String toString() {
    return rows + "x" + vectors;
  }
}
