package dev.teak.kernels;

import static dev.teak.kernels.TileShape.up;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.kernels.Launch.LocalMemory;
import dev.teak.kernels.Walk.Taps;

/**
 * Products in the form for processors: launches {@code pack.cl}, {@code matmul.cl} and {@code
 * conv.cl}. An item's blocks of both operands and its sums share half of a core's second-level
 * cache, which is what such a device offers as local memory.
 */
final class ProcessorProducts implements Products {
  /** Summed extent that one item packs. */
  private static final int PACK_CHUNK = 128;

  /** Longest sum over grid points that one item takes; more are cut into slices. */
  private static final int LONGEST_SLICE = 4096;

  /** Columns of a right side that may stay where it is: its steps must not lie pages apart. */
  private static final int WIDEST_DIRECT = 512;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final Tuning tuning;
  private final FewChannels few;

  ProcessorProducts(OpenClDevice device, Tuning tuning) {
    this.device = device;
    this.traits = device.traits();
    this.tuning = tuning;
    this.few = new FewChannels(device);
  }

  /**
   * How a product is cut up.
   *
   * @param tile register tile
   * @param rows rows of an item, a multiple of the tile's
   * @param panels panels of columns of an item
   * @param step of the summed axis, worked off at once
   */
  record Plan(TileShape tile, int rows, int panels, int step) {}

  /** Distance between neighbouring lines of a block: not a power of two, or cache sets collide. */
  private int lda(int length) {
    return up(length, 16) + 16;
  }

  private Plan plan(long m, int n, int depth, int batch) {
    TileShape tile = tuning.tile(n, traits);
    int columns = tile.columns(traits);
    int panels = up(n, columns) / columns;
    int step = Math.min(tuning.step(), Math.max(1, depth));
    int itemPanels = Math.min(panels, Math.max(1, tuning.itemColumns() / columns));
    int panelBlocks = (panels + itemPanels - 1) / itemPanels;
    itemPanels = (panels + panelBlocks - 1) / panelBlocks;
    // As many rows as keep every thread busy with some items, and fit.
    long even = m * batch * panelBlocks / ((long) tuning.itemsPerUnit() * traits.units());
    int most = (int) Math.min(tuning.itemRows(), Math.max(even, 1));
    int rows = Math.max(tile.rows(), most / tile.rows() * tile.rows());
    while (rows > tile.rows()
        && bytes(rows, itemPanels, columns, step) > traits.localMemory() / 2) {
      rows -= tile.rows();
    }
    while (itemPanels > 1 && bytes(rows, itemPanels, columns, step) > traits.localMemory() / 2) {
      itemPanels--;
    }
    return new Plan(tile, rows, itemPanels, step);
  }

  /** Local memory of an item: sums, and a block that lies either way. */
  private long bytes(int rows, int panels, int columns, int step) {
    long sums = (long) rows * panels * columns;
    return (sums + blockNumbers(rows, step)) * traits.real().bytes();
  }

  private long blockNumbers(int rows, int step) {
    return Math.max((long) rows * lda(step), (long) step * lda(rows));
  }

  private LocalMemory local(Plan p) {
    int rows = up(p.rows, p.tile.rows());
    return new LocalMemory(bytes(rows, p.panels, p.tile.columns(traits), p.step));
  }

  /** Where a product's right side lies: how far its steps, panels and matrices are apart. */
  private record Right(OpenClBuffer buffer, int depth, int panel, int batch) {}

  @Override
  public void matmul(MatMulGeometry g, OpenClBuffer a, OpenClBuffer b, OpenClBuffer out) {
    Plan plan = plan(g.m(), g.n(), g.k(), g.batch());
    int columns = plan.tile.columns(traits);
    if (!g.transposeB() && g.n() % columns == 0 && g.n() <= WIDEST_DIRECT) {
      multiply(g, plan, a, new Right(b, g.n(), columns, g.strideB()), out);
      return;
    }
    Taps taps =
        new Taps(
            1, 1, 0, g.transposeB() ? g.k() : 1, g.transposeB() ? 1 : g.n(), 0, 0, g.strideB());
    OpenClBuffer packed = pack(b, plan.tile, taps, g.k(), g.n(), g.sharedB() ? 1 : g.batch());
    multiply(g, plan, a, packed(g, columns, packed), out);
    packed.release();
  }

  private static Right packed(MatMulGeometry g, int columns, OpenClBuffer packed) {
    int panel = g.k() * columns;
    return new Right(packed, columns, panel, g.sharedB() ? 0 : blocks(g.n(), columns) * panel);
  }

  /** The tile of products of n columns. */
  TileShape tile(int n) {
    return tuning.tile(n, traits);
  }

  @Override
  public int panelColumns(int n) {
    return tile(n).columns(traits);
  }

  @Override
  public void packedMatmul(
      MatMulGeometry g, OpenClBuffer a, OpenClBuffer packed, OpenClBuffer out) {
    Plan plan = plan(g.m(), g.n(), g.k(), g.batch());
    multiply(g, plan, a, packed(g, plan.tile.columns(traits), packed), out);
  }

  private void multiply(MatMulGeometry g, Plan p, OpenClBuffer a, Right b, OpenClBuffer out) {
    int panels = blocks(g.n(), p.tile.columns(traits));
    long items = (long) g.batch() * blocks(g.m(), p.rows) * blocks(panels, p.panels);
    device.launch(
        new Kernel("products", "gemm", p.tile.options()),
        new Launch(items, 1, 2.0 * g.batch() * g.m() * g.n() * g.k()),
        a,
        b.buffer,
        out,
        Math.toIntExact(items),
        g.m(),
        g.n(),
        g.k(),
        p.rows,
        p.panels,
        p.step,
        // Of a row along the summed axis, or of a step along the rows where A is transposed.
        lda(g.transposeA() ? p.rows : p.step),
        g.transposeA() ? 1 : g.k(),
        g.transposeA() ? g.m() : 1,
        g.strideA(),
        b.depth,
        b.panel,
        b.batch,
        local(p));
  }

  /**
   * The weights of a walk, or a batch of matrices, in panels {@code [batch][panel][depth][COLS]}.
   */
  private OpenClBuffer pack(
      OpenClBuffer src, TileShape tile, Taps taps, int channels, int lines, int batch) {
    int width = tile.columns(traits);
    int panels = up(lines, width) / width;
    long size = (long) batch * panels * taps.count() * channels * width;
    if (size > Integer.MAX_VALUE) {
      throw new DeviceException(
          traits.name()
              + ": an operand packed for a product has "
              + size
              + " elements, at most 2^31 - 1 fit: use a smaller batch");
    }
    OpenClBuffer dst = device.memory().scratch((int) size);
    int items = batch * panels * taps.count() * blocks(channels, PACK_CHUNK);
    device.launch(
        new Kernel("products", "pack", tile.options()),
        Launch.of(items, 1),
        src,
        dst,
        items,
        lines,
        channels,
        taps.count(),
        taps.across(),
        panels,
        PACK_CHUNK,
        taps.first(),
        taps.column(),
        taps.channel(),
        taps.tapDown(),
        taps.tapAcross(),
        taps.group());
    return dst;
  }

  private static int blocks(int n, int block) {
    return (n + block - 1) / block;
  }

  /** Whether windows are gathered element by element, see {@code gather_grey}. */
  private static int grey(Walk w) {
    return w.channels() == 1 ? 1 : 0;
  }

  @Override
  public void walk(
      Walk w,
      OpenClBuffer x,
      OpenClBuffer weights,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer out) {
    Plan p = plan(w.points(), w.columns(), w.depth(), w.groups());
    if (few.fits(w)) {
      Kernel kernel = new Kernel("products", "few_walk", p.tile.options());
      few.walk(w, kernel, x, weights, bias, relu, out);
    } else {
      walk(w, p, x, weights, bias, relu, 0, out, null);
    }
  }

  @Override
  public boolean walkPooled(
      Walk w,
      OpenClBuffer x,
      OpenClBuffer weights,
      OpenClBuffer bias,
      int window,
      OpenClBuffer out,
      OpenClBuffer winners) {
    Plan p = plan(w.points(), w.columns(), w.depth(), w.groups());
    // As many rows of windows as come near the plan's own rows.
    int windowRow = window * w.across();
    int rows = Math.max(1, p.rows / windowRow) * windowRow;
    Plan whole = new Plan(p.tile, rows, p.panels, p.step);
    if (w.columns() % traits.lanes() != 0 || local(whole).bytes() > traits.localMemory()) {
      return false;
    }
    walk(w, whole, x, weights, bias, true, window, out, winners);
    return true;
  }

  /**
   * @param pool size of the pooling's windows, 0 for none
   * @param winners null without a pooling
   */
  private void walk(
      Walk w,
      Plan p,
      OpenClBuffer x,
      OpenClBuffer weights,
      OpenClBuffer bias,
      boolean relu,
      int pool,
      OpenClBuffer out,
      OpenClBuffer winners) {
    OpenClBuffer packed =
        pack(weights, p.tile, w.taps(), w.groupChannels(), w.columns(), w.groups());
    int columns = p.tile.columns(traits);
    int panels = up(w.columns(), columns) / columns;
    long items = (long) w.groups() * blocks(w.points(), p.rows) * blocks(panels, p.panels);
    device.launch(
        new Kernel("products", "conv_product", p.tile.options()),
        new Launch(items, 1, w.operations()),
        x,
        packed,
        bias == null ? weights : bias,
        out,
        Math.toIntExact(items),
        w.first(),
        w.second(),
        w.points(),
        w.depth(),
        w.groupChannels(),
        w.columns(),
        w.outChannels(),
        p.rows,
        p.panels,
        p.step,
        lda(grey(w) == 1 ? p.rows : p.step),
        grey(w),
        bias == null ? 0 : 1,
        relu ? 1 : 0,
        pool,
        winners == null ? weights : winners,
        local(p));
    packed.release();
  }

  @Override
  public void weightGrad(Walk w, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw) {
    TileShape tile = tuning.tile(w.columns(), traits);
    if (few.fitsWeights(w)) {
      OpenClBuffer partial = partial(w, FewChannels.slices(w));
      few.weightGrad(w, new Kernel("products", "few_weights", tile.options()), x, dy, partial);
      addSlices(w, tile, FewChannels.slices(w), partial, dw);
    } else {
      slicedWeightGrad(w, tile, x, dy, dw);
    }
  }

  private OpenClBuffer partial(Walk w, int slices) {
    long size = (long) slices * w.depth() * w.outChannels();
    return device.memory().scratch(Math.toIntExact(size));
  }

  /** The weights' gradient from that of the slices, which is released. */
  private void addSlices(
      Walk w, TileShape tile, int slices, OpenClBuffer partial, OpenClBuffer dw) {
    int squares = blocks(w.columns(), traits.lanes()) * blocks(w.depth(), traits.lanes());
    device.launch(
        new Kernel("products", "conv_weights_end", tile.options()),
        Launch.of((long) squares * w.groups(), 1),
        partial,
        dw,
        squares * w.groups(),
        slices,
        w.groups(),
        w.depth(),
        w.columns());
    partial.release();
  }

  private void slicedWeightGrad(
      Walk w, TileShape tile, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw) {
    int columns = tile.columns(traits);
    int panels = up(w.columns(), columns) / columns;
    boolean direct = w.columns() % columns == 0;
    OpenClBuffer packed = dy;
    if (!direct) {
      Taps rows = new Taps(1, 1, 0, 1, w.outChannels(), 0, 0, w.columns());
      packed = pack(dy, tile, rows, w.points(), w.columns(), w.groups());
    }
    Plan p = weightPlan(w, tile, panels);
    int tasks = w.groups() * blocks(w.depth(), p.rows) * blocks(panels, p.panels);
    long wanted = (long) tuning.itemsPerUnit() * traits.units();
    int slices = (int) Math.max(blocks(w.points(), LONGEST_SLICE), (wanted + tasks - 1) / tasks);
    int slicePoints = up(blocks(w.points(), slices), p.step);
    slices = blocks(w.points(), slicePoints);
    OpenClBuffer partial = partial(w, slices);
    int items = slices * tasks;
    device.launch(
        new Kernel("products", "conv_weights", tile.options()),
        new Launch(items, 1, w.operations()),
        x,
        packed,
        partial,
        items,
        w.first(),
        w.second(),
        w.points(),
        w.depth(),
        w.groupChannels(),
        w.columns(),
        w.groups(),
        p.rows,
        p.panels,
        p.step,
        lda(grey(w) == 1 ? p.step : p.rows),
        slicePoints,
        grey(w),
        direct ? w.outChannels() : columns,
        direct ? columns : w.points() * columns,
        direct ? w.columns() : panels * w.points() * columns,
        local(p));
    if (!direct) {
      packed.release();
    }
    addSlices(w, tile, slices, partial, dw);
  }

  private Plan weightPlan(Walk w, TileShape tile, int panels) {
    int columns = tile.columns(traits);
    int itemPanels = Math.min(panels, Math.max(1, tuning.itemColumns() / 4 / columns));
    int rows = up(Math.min(w.depth(), 192), tile.rows());
    int step = Math.max(1, Math.min(128, w.points()));
    while (rows > tile.rows()
        && bytes(rows, itemPanels, columns, step) > traits.localMemory() / 2) {
      rows -= tile.rows();
    }
    while (itemPanels > 1 && bytes(rows, itemPanels, columns, step) > traits.localMemory() / 2) {
      itemPanels--;
    }
    return new Plan(tile, rows, itemPanels, step);
  }
}
