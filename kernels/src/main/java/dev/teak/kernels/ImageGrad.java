package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.kernels.Launch.LocalMemory;

/**
 * Gradients of images, which have few channels, on processors: launches {@code conv-image.cl}. An
 * attack wants one each step.
 */
final class ImageGrad {
  private static final int MOST_CHANNELS = 4;

  private final OpenClDevice device;
  private final DeviceTraits traits;

  ImageGrad(OpenClDevice device) {
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
    int rows = g.n() * g.h();
    int block = Math.max(1, rows / (64 * traits.units()));
    device.launch(
        new Kernel("conv-image", "image_grad", "-DFEW=" + g.c()),
        new Launch((rows + block - 1) / block, 1, 2.0 * g.weight().size() * g.n() * g.p() * g.q()),
        dy,
        w,
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
        weights(g));
  }
}
