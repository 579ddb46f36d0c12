package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;

/** Convolutions of each channel by itself, and both gradients: launches {@code depthwise.cl}. */
final class Depthwise {
  /** Slices of the images with sums of their own in a weight's gradient. */
  private static final int SLICES = 16;

  private final OpenClDevice device;

  Depthwise(OpenClDevice device) {
    this.device = device;
  }

  void forward(
      ConvGeometry g,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer y) {
    OpenClBuffer taps = turned(g, w);
    Object[] first = {x, taps, bias == null ? taps : bias, y};
    long pixels = (long) g.n() * g.p() * g.q();
    flat("depthwise", pixels, g, first, bias == null ? 0 : 1, relu ? 1 : 0);
    taps.release();
  }

  void inputGrad(ConvGeometry g, OpenClBuffer dy, OpenClBuffer w, OpenClBuffer dx) {
    OpenClBuffer taps = turned(g, w);
    long pixels = (long) g.n() * g.h() * g.w();
    flat("depthwise_grad", pixels, g, new Object[] {dy, taps, dx});
    taps.release();
  }

  void weightGrad(ConvGeometry g, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw) {
    int slices = Math.max(1, Math.min(SLICES, g.n()));
    int taps = g.r() * g.s();
    OpenClBuffer partial = device.memory().scratch(slices * taps * g.c());
    Object[] rest = withGeometry(g, slices);
    device.flat(
        Kernel.pass("depthwise_weights"), slices * taps, 1, new Object[] {x, dy, partial}, rest);
    int n = taps * g.c();
    device.launch(
        Kernel.pass("depthwise_weights_end"),
        Launch.of(n, device.traits().flatGroup()),
        partial,
        dw,
        n,
        slices,
        taps,
        g.c());
    partial.release();
  }

  /** The weight with its taps outermost. */
  private OpenClBuffer turned(ConvGeometry g, OpenClBuffer w) {
    int taps = g.r() * g.s();
    int n = taps * g.c();
    OpenClBuffer to = device.memory().scratch(n);
    device.launch(
        Kernel.pass("depthwise_turn"),
        Launch.of(n, device.traits().flatGroup()),
        w,
        to,
        n,
        g.c(),
        taps);
    return to;
  }

  private void flat(String kernel, long pixels, ConvGeometry g, Object[] first, Object... more) {
    int block = device.traits().smallBlock(pixels);
    device.flat(Kernel.pass(kernel), pixels, block, first, withGeometry(g, more));
  }

  private static Object[] withGeometry(ConvGeometry g, Object... more) {
    return Pooling.windowArgs(g.n(), g.c(), g.rows(), g.columns(), more);
  }
}
