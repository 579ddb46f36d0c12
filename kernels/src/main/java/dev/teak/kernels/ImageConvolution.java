package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.kernels.Launch.LocalMemory;

/**
 * Gradients of images, which have few channels, on processors, and the convolutions that give such
 * images: launches {@code conv-image.cl}. An attack wants one each step.
 */
final class ImageConvolution {
  private static final int MOST_CHANNELS = 4;

  private final OpenClDevice device;
  private final DeviceTraits traits;

  ImageConvolution(OpenClDevice device) {
    this.device = device;
    this.traits = device.traits();
  }

  /** Whether the input is such an image, and its weights fit in local memory. */
  boolean fits(ConvGeometry g) {
    return traits.processor()
        && g.c() <= MOST_CHANNELS
        && g.groups() == 1
        && g.k() > 0
        && g.k() % traits.lanes() == 0
        && weights(g).bytes() <= traits.localMemory() / 2;
  }

  private LocalMemory weights(ConvGeometry g) {
    return new LocalMemory((long) g.k() * g.r() * g.s() * g.c() * traits.real().bytes());
  }

  void inputGrad(ConvGeometry g, OpenClBuffer dy, OpenClBuffer w, OpenClBuffer dx) {
    int line = g.s() * g.c();
    run(g, dy, w, null, false, dx, 0, new int[] {g.r() * line, line, g.c(), 1});
  }

  /** Whether the output is such an image: its convolution the other way round is one for it. */
  boolean gives(ConvGeometry g) {
    return g.k() < g.c() && g.hasTurned() && fits(g.turned());
  }

  void forward(
      ConvGeometry g,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer y) {
    int line = g.s() * g.c();
    int last = g.r() * line - g.c();
    run(g.turned(), x, w, bias, relu, y, last, new int[] {1, -line, -g.c(), g.r() * line});
  }

  /** The gradient of the weight of a convolution from that of the one the other way round. */
  void turn(ConvGeometry g, OpenClBuffer turned, OpenClBuffer dw) {
    int n = g.weight().size();
    device.launch(
        kernel("turn_weights", g.k()),
        Launch.of(n, device.traits().flatGroup()),
        turned,
        dw,
        n,
        g.c(),
        g.r() * g.s(),
        g.k());
  }

  private static Kernel kernel(String name, int channels) {
    return new Kernel("conv-image", name, "-DFEW=" + channels);
  }

  private void run(
      ConvGeometry g,
      OpenClBuffer dy,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer dx,
      int first,
      int[] steps) {
    int rows = g.n() * g.h();
    int block = Math.max(1, rows / (64 * traits.units()));
    device.launch(
        kernel("image_grad", g.c()),
        new Launch((rows + block - 1) / block, 1, 2.0 * g.weight().size() * g.n() * g.p() * g.q()),
        dy,
        w,
        bias == null ? w : bias,
        dx,
        rows,
        block,
        g.h(),
        g.w(),
        g.k(),
        g.r(),
        g.s(),
        new int[] {g.rows().stride(), g.columns().stride()},
        new int[] {g.rows().before(), g.columns().before()},
        new int[] {g.rows().dilation(), g.columns().dilation()},
        g.p(),
        g.q(),
        first,
        steps,
        bias == null ? 0 : 1,
        relu ? 1 : 0,
        weights(g));
  }
}
