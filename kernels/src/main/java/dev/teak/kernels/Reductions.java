package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ReduceFunction;

/** Launches the kernels of {@code reduce.cl}: chunk by chunk, then over the chunks' results. */
final class Reductions {
  /** Bounds of a chunk of the reduced axis, for rows (inner extent 1) and for columns. */
  private static final int ROW_CHUNK = 16384;

  private static final int COLUMN_CHUNK = 1024;
  private static final int SMALLEST_ROW_CHUNK = 2048;
  private static final int SMALLEST_COLUMN_CHUNK = 64;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final Operands operands;

  Reductions(OpenClDevice device, Operands operands) {
    this.device = device;
    this.traits = device.traits();
    this.operands = operands;
  }

  void reduce(ReduceFunction f, Buffer x, int outer, int extent, int inner, Buffer out) {
    String op = "reduce " + f;
    OpenClBuffer in = operands.reals(op, "input", x, (long) outer * extent * inner);
    OpenClBuffer o = operands.reals(op, "output", out, (long) outer * inner);
    if (outer > 0 && inner > 0) {
      run(f, in, outer, extent, inner, o);
    }
  }

  private void run(
      ReduceFunction f, OpenClBuffer x, int outer, int extent, int inner, OpenClBuffer out) {
    int chunk = chunk(extent, inner);
    int splits = Math.max(1, (int) ((extent + chunk - 1L) / chunk));
    if (splits == 1) {
      launch(f, x, outer, extent, inner, chunk, 1, out);
      return;
    }
    OpenClBuffer partial = device.memory().scratch(Math.toIntExact((long) outer * splits * inner));
    launch(f, x, outer, extent, inner, chunk, splits, partial);
    run(f, partial, outer, splits, inner, out);
    partial.release();
  }

  /**
   * How much of the axis one item or group takes: enough of them to fill the device, none too long.
   * It hangs on one row alone, or a row's sum would change with the number of rows beside it.
   */
  private int chunk(int extent, int inner) {
    boolean rows = inner == 1;
    long places = ((long) inner + traits.lanes() - 1) / traits.lanes();
    long wanted = traits.units() * (traits.processor() ? 64L : rows ? 32L : 1024L);
    long even = (extent * places + wanted - 1) / wanted;
    int smallest = rows ? SMALLEST_ROW_CHUNK : SMALLEST_COLUMN_CHUNK;
    int largest = rows ? ROW_CHUNK : COLUMN_CHUNK;
    return (int) Math.max(smallest, Math.min(largest, even / 64 * 64));
  }

  private void launch(
      ReduceFunction f,
      OpenClBuffer x,
      int outer,
      int extent,
      int inner,
      int chunk,
      int splits,
      OpenClBuffer out) {
    if (inner == 1) {
      long items = (long) outer * splits * traits.reduceGroup();
      device.launch(
          Kernel.pass("rows_" + f),
          Launch.of(items, traits.reduceGroup()),
          x,
          out,
          extent,
          chunk,
          splits);
      return;
    }
    long items = (long) outer * splits * ((inner + traits.lanes() - 1) / traits.lanes());
    device.launch(
        Kernel.pass("columns_" + f),
        Launch.of(items, traits.flatGroup()),
        x,
        out,
        Math.toIntExact(items),
        extent,
        inner,
        chunk,
        splits);
  }

  void argMax(Buffer x, int outer, int extent, int inner, Buffer out) {
    OpenClBuffer in = operands.reals("argMax", "input", x, (long) outer * extent * inner);
    OpenClBuffer o = operands.ints("argMax", "output", out, (long) outer * inner);
    long n = (long) outer * inner;
    if (n > 0 && extent < 1) {
      throw new IllegalArgumentException("argMax: the axis has no elements, expects 1 or more");
    }
    device.flat(
        Kernel.pass("arg_max"), n, traits.smallBlock(n), new Object[] {in, o}, extent, inner);
  }
}
