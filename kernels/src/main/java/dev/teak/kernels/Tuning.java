package dev.teak.kernels;

import dev.teak.kernels.GpuProducts.GpuTile;
import java.util.Locale;

/**
 * What suits a device, measured by {@code teak tune} or taken as usual.
 *
 * @param wide register tile of products with many columns, on a processor
 * @param narrow register tile of products with few
 * @param step summed extent that is worked off at once
 * @param itemRows rows of a product that one item takes at most
 * @param itemColumns columns that it takes at most
 * @param itemsPerUnit items that a compute unit should get, so that none waits long for another
 * @param gpu square of a work-group, on a GPU
 */
record Tuning(
    TileShape wide,
    TileShape narrow,
    int step,
    int itemRows,
    int itemColumns,
    int itemsPerUnit,
    GpuTile gpu) {
  /** What measured best on processors with 32 registers of 16 floats, and fits the others. */
  static Tuning usual(DeviceTraits traits) {
    boolean many = traits.lanes() * traits.real().bytes() == 64;
    GpuTile gpu = new GpuTile(traits.maxGroup() < 256 ? 8 : 16, 4);
    return many
        ? new Tuning(new TileShape(6, 4), new TileShape(12, 2), 384, 48, 1024, 16, gpu)
        : new Tuning(new TileShape(3, 4), new TileShape(6, 2), 256, 48, 512, 16, gpu);
  }

  /** The tile that wastes less on a product of n columns. */
  TileShape tile(int n, DeviceTraits traits) {
    int padded = TileShape.up(n, wide.columns(traits));
    return TileShape.up(n, narrow.columns(traits)) * 1.1 < padded ? narrow : wide;
  }

  Tuning withWide(TileShape tile) {
    return new Tuning(tile, narrow, step, itemRows, itemColumns, itemsPerUnit, gpu);
  }

  Tuning withNarrow(TileShape tile) {
    return new Tuning(wide, tile, step, itemRows, itemColumns, itemsPerUnit, gpu);
  }

  Tuning withStep(int n) {
    return new Tuning(wide, narrow, n, itemRows, itemColumns, itemsPerUnit, gpu);
  }

  Tuning withItemRows(int n) {
    return new Tuning(wide, narrow, step, n, itemColumns, itemsPerUnit, gpu);
  }

  Tuning withItemColumns(int n) {
    return new Tuning(wide, narrow, step, itemRows, n, itemsPerUnit, gpu);
  }

  Tuning withItemsPerUnit(int n) {
    return new Tuning(wide, narrow, step, itemRows, itemColumns, n, gpu);
  }

  Tuning withGpu(GpuTile tile) {
    return new Tuning(wide, narrow, step, itemRows, itemColumns, itemsPerUnit, tile);
  }

  /** What it says of a processor, or of a GPU. */
  String text(DeviceTraits traits) {
    return traits.processor()
        ? String.format(
            Locale.ROOT,
            "tiles %s and %s, steps of %d, items of %d x %d, %d a unit",
            wide,
            narrow,
            step,
            itemRows,
            itemColumns,
            itemsPerUnit)
        : "groups of " + gpu;
  }
}
