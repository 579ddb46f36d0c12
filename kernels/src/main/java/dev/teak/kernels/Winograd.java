package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.kernels.Launch.LocalMemory;

/**
 * 3x3 convolutions of stride 1 and their gradients by Winograd's method: launches {@code
 * winograd.cl}, {@code winograd-kernels.cl} and, where a processor's cache holds a block of tiles,
 * {@code winograd-fused.cl}.
 */
final class Winograd {
  /** Below, the transforms take longer than the products they save. */
  private static final int FEWEST_CHANNELS = 16;

  /** Most bytes of kernel points for which one pass is faster: each item reads them all. */
  private static final long FUSED_KERNEL = 3 << 20;

  /** Tiles of an item of the one pass at least, or its products have too few rows. */
  private static final int LEAST_TILES = 12;

  private static final int MOST_TILES = 30;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final Products products;
  private final WinogradEdges edges;

  /** Pixels that a tile makes, each way: 4, or 2. */
  private final int out;

  private final int points;

  Winograd(OpenClDevice device, Products products, int out) {
    this.device = device;
    this.traits = device.traits();
    this.products = products;
    this.edges = new WinogradEdges(device);
    this.out = out;
    this.points = (out + 2) * (out + 2);
  }

  /** Whether this is a convolution of the kind, its channels enough and whole vectors. */
  static boolean fits(ConvGeometry g, int lanes) {
    return g.r() == 3
        && g.s() == 3
        && g.rows().isDense()
        && g.columns().isDense()
        && g.groups() == 1
        && Math.max(g.rows().before(), g.columns().before()) <= 2
        && Math.min(g.c(), g.k()) >= FEWEST_CHANNELS
        && g.c() % lanes == 0
        && g.k() % lanes == 0;
  }

  /** Zeros above the image and on its left. */
  static int[] padding(ConvGeometry g) {
    return new int[] {g.rows().before(), g.columns().before()};
  }

  /** Products that a convolution of the kind takes for each pair of channels. */
  long cost(ConvGeometry g) {
    return (long) points * tiles(new Images(g.n(), g.p(), g.q(), g.k()));
  }

  /** Images {@code [n, h, w, c]}, cut into tiles of an output of h x w pixels. */
  private record Images(int n, int h, int w, int c) {}

  private int down(Images result) {
    return (result.h + out - 1) / out;
  }

  private int across(Images result) {
    return (result.w + out - 1) / out;
  }

  private int tiles(Images result) {
    return result.n * down(result) * across(result);
  }

  private String options() {
    return out == 4 ? "" : "-DOUT=" + out; // 4 is usual, and shares its program with other products
  }

  private Kernel kernel(String name) {
    return new Kernel("winograd-kernels", name, options());
  }

  private OpenClBuffer points(int tiles, int channels) {
    return device.memory().scratch(Math.toIntExact((long) points * tiles * channels));
  }

  void forward(
      ConvGeometry g,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer y) {
    forward(g, x, w, bias, relu, y, null);
  }

  /** Whether {@link #forward} can pool windows of 2 x 2 that cover its output: in one pass only. */
  boolean pools(ConvGeometry g) {
    int cols = products.panelColumns(g.k());
    return fusedTiles(g.c(), cols, kernelBytes(g.c(), g.k(), cols)) > 0;
  }

  /**
   * @param winners of such a pooling behind the relu; null for none
   */
  void forward(
      ConvGeometry g,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer y,
      OpenClBuffer winners) {
    int cols = products.panelColumns(g.k());
    OpenClBuffer kernel = kernelBuffer(g.c(), g.k(), cols);
    int wide = traits.processor() ? cols : 1;
    int items = g.c() / traits.lanes() * blocks(g.k(), wide);
    device.launch(
        kernel("kernel_points"),
        Launch.of(items, traits.flatGroup()),
        w,
        kernel,
        items,
        g.k(),
        g.c(),
        cols,
        wide,
        planes(points, wide));
    Images in = new Images(g.n(), g.h(), g.w(), g.c());
    Images result = new Images(g.n(), g.p(), g.q(), g.k());
    WinogradEdges.Marks marks = edges.marks(g, x);
    convolve(in, padding(g), kernel, cols, bias, relu, result, x, y, winners, marks);
    kernel.release();
    edges.mend(g, marks, x, w, bias, relu, y, winners);
  }

  void inputGrad(ConvGeometry g, OpenClBuffer dy, OpenClBuffer w, OpenClBuffer dx) {
    int cols = products.panelColumns(g.c());
    OpenClBuffer kernel = kernelBuffer(g.k(), g.c(), cols);
    int wide = traits.processor() ? traits.lanes() : 1;
    int across = traits.processor() ? cols : 1;
    int items = blocks(g.k(), wide) * blocks(g.c(), across);
    device.launch(
        kernel("kernel_points_turned"),
        Launch.of(items, traits.flatGroup()),
        w,
        kernel,
        items,
        g.k(),
        g.c(),
        cols,
        across,
        wide);
    Images in = new Images(g.n(), g.p(), g.q(), g.k());
    Images result = new Images(g.n(), g.h(), g.w(), g.c());
    WinogradEdges.Marks marks = edges.marks(g);
    int[] before = padding(g);
    int[] padding = {2 - before[0], 2 - before[1]};
    convolve(in, padding, kernel, cols, null, false, result, dy, dx, null, marks);
    kernel.release();
    edges.mendGrad(g, marks, dy, w, dx);
  }

  private OpenClBuffer kernelBuffer(int in, int columns, int cols) {
    return device
        .memory()
        .scratch(Math.toIntExact(kernelBytes(in, columns, cols) / traits.real().bytes()));
  }

  private long kernelBytes(int in, int columns, int cols) {
    return (long) points * in * TileShape.up(columns, cols) * traits.real().bytes();
  }

  /** Local memory for so many planes of {@code wide} vectors; a GPU needs none of it. */
  private LocalMemory planes(int planes, int wide) {
    return new LocalMemory((long) planes * wide * traits.lanes() * traits.real().bytes());
  }

  private static int blocks(int n, int block) {
    return (n + block - 1) / block;
  }

  private void convolve(
      Images in,
      int[] padding,
      OpenClBuffer kernel,
      int cols,
      OpenClBuffer bias,
      boolean relu,
      Images result,
      OpenClBuffer x,
      OpenClBuffer y,
      OpenClBuffer winners,
      WinogradEdges.Marks marks) {
    int itemTiles = fusedTiles(in.c, cols, kernel.bytes());
    if (itemTiles > 0) {
      fused(in, padding, kernel, bias, relu, result, x, y, winners, marks, itemTiles, cols);
      return;
    }
    int tiles = tiles(result);
    OpenClBuffer before = points(tiles, in.c);
    inputPoints(in, padding, result, x, before, marks.spoiled());
    OpenClBuffer after = points(tiles, result.c);
    products.packedMatmul(
        new MatMulGeometry(points, tiles, result.c, in.c, false, false, false, false),
        before,
        kernel,
        after);
    before.release();
    int n = tiles * (result.c / traits.lanes());
    device.flat(
        kernel("output_pixels"),
        n,
        traits.smallBlock(n),
        new Object[] {after, bias == null ? after : bias, y},
        result.h,
        result.w,
        result.c,
        down(result),
        across(result),
        new int[2],
        tiles,
        bias == null ? 0 : 1,
        relu ? 1 : 0);
    after.release();
  }

  /**
   * @param spoiled marks images whose points are of no use; null to mark none
   */
  private void inputPoints(
      Images in,
      int[] padding,
      Images result,
      OpenClBuffer x,
      OpenClBuffer before,
      OpenClBuffer spoiled) {
    int tiles = tiles(result);
    int n = tiles * (in.c / traits.lanes());
    device.flat(
        kernel("input_points"),
        n,
        traits.smallBlock(n),
        new Object[] {x, before},
        in.h,
        in.w,
        in.c,
        down(result),
        across(result),
        padding,
        tiles,
        spoiled == null ? 0 : 1,
        spoiled == null ? before : spoiled);
  }

  private int inStep(int tiles, int channels) {
    return tiles * channels + 16;
  }

  private int outStep(int tiles, int cols) {
    return tiles * cols + 16;
  }

  private long fusedBytes(int tiles, int channels, int cols) {
    return (long) points * (inStep(tiles, channels) + outStep(tiles, cols)) * traits.real().bytes();
  }

  /** Tiles of an item of the one pass; 0 where three steps are better. */
  private int fusedTiles(int channels, int cols, long kernelBytes) {
    if (!traits.processor() || kernelBytes > FUSED_KERNEL) {
      return 0;
    }
    int tiles = MOST_TILES;
    while (tiles >= LEAST_TILES
        && fusedBytes(tiles, channels, cols) > traits.localMemory() * 2 / 3) {
      tiles -= 6;
    }
    return tiles < LEAST_TILES ? 0 : tiles;
  }

  private void fused(
      Images in,
      int[] padding,
      OpenClBuffer kernel,
      OpenClBuffer bias,
      boolean relu,
      Images result,
      OpenClBuffer x,
      OpenClBuffer y,
      OpenClBuffer winners,
      WinogradEdges.Marks marks,
      int itemTiles,
      int cols) {
    int tiles = tiles(result);
    int items = (tiles + itemTiles - 1) / itemTiles;
    TileShape tile = ((ProcessorProducts) products).tile(result.c);
    device.launch(
        new Kernel("products", "winograd_convolve", (options() + " " + tile.options()).strip()),
        new Launch(items, 1, 2.0 * points * tiles * in.c * result.c),
        x,
        kernel,
        bias == null ? kernel : bias,
        y,
        items,
        in.h,
        in.w,
        in.c,
        padding,
        result.h,
        result.w,
        result.c,
        down(result),
        across(result),
        tiles,
        itemTiles,
        inStep(itemTiles, in.c),
        outStep(itemTiles, cols),
        bias == null ? 0 : 1,
        relu ? 1 : 0,
        winners == null ? 0 : 1,
        winners == null ? kernel : winners,
        marks.spoiled(),
        marks.flat(),
        marks.first(),
        new LocalMemory(fusedBytes(itemTiles, in.c, cols)));
  }

  void weightGrad(ConvGeometry g, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw) {
    Images in = new Images(g.n(), g.h(), g.w(), g.c());
    Images result = new Images(g.n(), g.p(), g.q(), g.k());
    int tiles = tiles(result);
    OpenClBuffer pixels = points(tiles, g.c());
    inputPoints(in, padding(g), result, x, pixels, null);
    OpenClBuffer grads = points(tiles, g.k());
    int n = tiles * (g.k() / traits.lanes());
    device.flat(
        kernel("grad_points"),
        n,
        traits.smallBlock(n),
        new Object[] {dy, grads},
        g.p(),
        g.q(),
        g.k(),
        down(result),
        across(result),
        new int[2],
        tiles);
    OpenClBuffer sums = points(g.c(), g.k());
    products.matmul(
        new MatMulGeometry(points, g.c(), g.k(), tiles, true, false, false, false),
        pixels,
        grads,
        sums);
    grads.release();
    pixels.release();
    int wide = traits.processor() ? 4 * traits.lanes() : 1;
    int items = g.c() / traits.lanes() * blocks(g.k(), wide);
    device.launch(
        kernel("kernel_grad"),
        Launch.of(items, traits.flatGroup()),
        sums,
        dw,
        items,
        g.k(),
        g.c(),
        wide,
        planes(9, wide));
    sums.release();
  }
}
