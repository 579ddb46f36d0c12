package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.kernels.Walk.Taps;

/**
 * Products in the form for GPUs: launches {@code matmul-gpu.cl} and {@code conv-gpu.cl}, a
 * work-group for each square of a result.
 */
final class GpuProducts implements Products {
  /** Longest sum over grid points that one group takes; more are cut into slices. */
  private static final int LONGEST_SLICE = 4096;

  /** Groups that a compute unit should have to choose from. */
  private static final int GROUPS_PER_UNIT = 8;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final GpuTile tile;

  /**
   * A work-group's square: {@code side x side} items with {@code per x per} numbers each.
   *
   * @param side items of a row and column of the group
   * @param per numbers of an item, each way
   */
  record GpuTile(int side, int per) {
    int group() {
      return side * side;
    }

    int edge() {
      return side * per;
    }

    String options() {
      return "-DSIDE=" + side + " -DPER=" + per;
    }

    @Override
    public String toString() {
      return side + "x" + side + " items of " + per + "x" + per;
    }
  }

  GpuProducts(OpenClDevice device, GpuTile tile) {
    this.device = device;
    this.traits = device.traits();
    this.tile = tile;
    if (traits.maxGroup() < tile.group()) {
      throw new DeviceException(
          traits.name()
              + ": groups may have "
              + traits.maxGroup()
              + " work-items, a product's tile takes "
              + tile.group());
    }
  }

  private Kernel kernel(String file, String name) {
    return new Kernel(file, name, tile.options());
  }

  private long squares(long m, long n) {
    return blocks(m, tile.edge()) * blocks(n, tile.edge());
  }

  private static long blocks(long n, long block) {
    return (n + block - 1) / block;
  }

  private Launch groups(long groups, double operations) {
    return new Launch(groups * tile.group(), tile.group(), operations);
  }

  @Override
  public void matmul(MatMulGeometry g, OpenClBuffer a, OpenClBuffer b, OpenClBuffer out) {
    device.launch(
        kernel("matmul-gpu", "gemm"),
        groups(g.batch() * squares(g.m(), g.n()), 2.0 * g.batch() * g.m() * g.n() * g.k()),
        a,
        b,
        out,
        g.m(),
        g.n(),
        g.k(),
        g.transposeA() ? 1 : g.k(),
        g.transposeA() ? g.m() : 1,
        g.strideA(),
        g.transposeB() ? 1 : g.n(),
        g.transposeB() ? g.k() : 1,
        g.strideB());
  }

  /** One panel: the right side stays a matrix. */
  @Override
  public int panelColumns(int n) {
    return n;
  }

  @Override
  public void packedMatmul(
      MatMulGeometry g, OpenClBuffer a, OpenClBuffer packed, OpenClBuffer out) {
    matmul(g, a, packed, out);
  }

  @Override
  public void walk(
      Walk w,
      OpenClBuffer x,
      OpenClBuffer weights,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer out) {
    Taps t = w.taps();
    device.launch(
        kernel("conv-gpu", "conv_product"),
        groups(w.groups() * squares(w.points(), w.columns()), w.operations()),
        x,
        weights,
        bias == null ? weights : bias,
        out,
        w.first(),
        w.second(),
        w.points(),
        w.depth(),
        w.groupChannels(),
        w.columns(),
        w.outChannels(),
        t.first(),
        t.column(),
        t.channel(),
        t.tapDown(),
        t.tapAcross(),
        t.group(),
        bias == null ? 0 : 1,
        relu ? 1 : 0);
  }

  @Override
  public void weightGrad(Walk w, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw) {
    long tasks = w.groups() * squares(w.depth(), w.columns());
    long wanted = blocks((long) GROUPS_PER_UNIT * traits.units(), tasks);
    long most = blocks(w.points(), tile.edge());
    long slices = Math.max(blocks(w.points(), LONGEST_SLICE), Math.min(wanted, most));
    int slicePoints = (int) blocks(w.points(), slices);
    slices = blocks(w.points(), slicePoints);
    OpenClBuffer partial =
        device.memory().scratch(Math.toIntExact(slices * w.depth() * w.outChannels()));
    device.launch(
        kernel("conv-gpu", "conv_weights"),
        groups(slices * tasks, w.operations()),
        x,
        dy,
        partial,
        w.first(),
        w.second(),
        w.points(),
        w.depth(),
        w.groupChannels(),
        w.columns(),
        w.outChannels(),
        w.groups(),
        slicePoints);
    int items = w.depth() * w.outChannels();
    device.launch(
        kernel("conv-gpu", "conv_weights_end"),
        Launch.of(items, traits.flatGroup()),
        partial,
        dw,
        items,
        (int) slices,
        w.groups(),
        w.depth(),
        w.columns());
    partial.release();
  }
}
