package dev.teak.kernels;

import static dev.teak.kernels.TileShape.up;

import dev.teak.kernels.Launch.LocalMemory;
import dev.teak.kernels.Walk.Taps;

/**
 * Convolutions of few channels, and the gradients of their weights, on processors: launches {@code
 * conv-few.cl}.
 */
final class FewChannels {
  /** Sums of an item, as the kernels have them. */
  private static final int SUMS = 8;

  // Beyond these gathering pays: it is for all columns at once, and here each vector of them reads
  // the image anew. Measured.
  private static final int MOST_CHANNELS = 32;
  private static final int MOST_COLUMNS = 32;
  private static final int COLUMNS_A_CHANNEL = 16;

  /** A row's taps are bits of a number. */
  private static final int MOST_TAPS = 32;

  /** Slices of the images. */
  private static final int SLICES = 16;

  /** Items that keep a compute unit busy. */
  private static final int ITEMS_PER_UNIT = 8;

  private final OpenClDevice device;
  private final DeviceTraits traits;

  FewChannels(OpenClDevice device) {
    this.device = device;
    this.traits = device.traits();
  }

  private static boolean few(Walk w) {
    return w.groups() == 1
        && w.channels() <= MOST_CHANNELS
        && w.columns() <= Math.min(MOST_COLUMNS, COLUMNS_A_CHANNEL * w.channels());
  }

  /** Whether a walk is one for it, and what an item copies fits in local memory. */
  boolean fits(Walk w) {
    return few(w) && w.taps().down() <= MOST_TAPS && lines(w).bytes() <= traits.localMemory() / 2;
  }

  boolean fitsWeights(Walk w) {
    return few(w) && w.channels() >= SUMS / 2 && line(w).bytes() <= traits.localMemory() / 2;
  }

  private int vectors(Walk w) {
    return up(w.columns(), traits.lanes()) / traits.lanes();
  }

  /** Columns from the first tap of a grid's first point to the last of what is computed. */
  private static int wide(Walk w) {
    return (up(w.across(), SUMS) - 1) * w.stepsAcross().stride() + span(w) + 1;
  }

  private static int span(Walk w) {
    return Math.max(0, w.taps().across() - 1) * Math.abs(w.stepsAcross().dilation());
  }

  private LocalMemory lines(Walk w) {
    long lines = (long) w.taps().down() * wide(w) * w.channels();
    // At least something: pixels that no tap leads to have none.
    long numbers = Math.max(1, (long) w.depth() * traits.lanes() + lines);
    return new LocalMemory(numbers * traits.real().bytes());
  }

  private LocalMemory line(Walk w) {
    return new LocalMemory(
        ((long) w.across() * w.columns() + traits.lanes()) * traits.real().bytes());
  }

  void walk(
      Walk w,
      Kernel kernel,
      OpenClBuffer x,
      OpenClBuffer weights,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer out) {
    int rows = w.images() * w.down();
    int block = Math.max(1, rows / (ITEMS_PER_UNIT * traits.units()));
    int items = (rows + block - 1) / block * vectors(w);
    int left = w.stepsAcross().first() - (w.stepsAcross().dilation() < 0 ? span(w) : 0);
    Taps taps = w.taps();
    device.launch(
        kernel,
        new Launch(items, 1, w.operations()),
        x,
        weights,
        bias == null ? weights : bias,
        out,
        items,
        w.first(),
        w.second(),
        rows,
        block,
        w.columns(),
        taps.first(),
        taps.column(),
        taps.channel(),
        taps.tapDown(),
        taps.tapAcross(),
        left,
        wide(w),
        bias == null ? 0 : 1,
        relu ? 1 : 0,
        lines(w));
  }

  /**
   * Slices of the images that have sums of their own in {@link #weightGrad}, so that a slice stays
   * near while every tap's item reads it.
   */
  static int slices(Walk w) {
    return Math.max(1, Math.min(w.images(), SLICES));
  }

  private int tasks(Walk w) {
    return w.taps().count() * (up(w.channels(), SUMS) / SUMS) * vectors(w);
  }

  /** To {@code [slice][taps x channels][columns]}. */
  void weightGrad(Walk w, Kernel kernel, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer partial) {
    int items = slices(w) * tasks(w);
    device.launch(
        kernel,
        new Launch(items, 1, w.operations()),
        x,
        dy,
        partial,
        items,
        w.first(),
        w.second(),
        w.images(),
        w.columns(),
        slices(w),
        line(w));
  }
}
