package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;

/**
 * Convolutions: finds each the method that suits its shape. {@code -Dteak.java.conv=direct} forces
 * the direct one; {@code winograd} forces Winograd's wherever the kernel is 3x3 of stride 1.
 */
final class Convolution {
  /**
   * What the transforms of a tile cost a channel and point, in products: measured, as the channel
   * numbers at which the two methods are even.
   */
  private static final double TRANSFORM_COST = 12;

  /** What the transform of a kernel costs a channel pair and point, in products. */
  private static final double KERNEL_COST = 20;

  private final SlidingConvolution sliding;
  private final DirectWeightGrad directWeightGrad;
  private final Winograd winograd;
  private final ScatteredInputGrad scattered;
  private final String method = System.getProperty("teak.java.conv", "");

  Convolution(
      Loops loops, Tile tile, WinogradTransforms transforms, Workers workers, Scratch scratch) {
    this.sliding = new SlidingConvolution(loops, tile, workers, scratch);
    this.directWeightGrad = new DirectWeightGrad(tile, workers, scratch);
    this.winograd = new Winograd(tile, transforms, workers, scratch);
    this.scattered = new ScatteredInputGrad(tile, workers, scratch);
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    if (winogradWins(g, g.p(), g.q()) && Winograd.OUT % y.band() == 0) {
      winograd.forward(g, x, w, bias, y);
    } else {
      sliding.forward(g, x, w, bias, y);
    }
  }

  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    if (winogradWins(g, g.h(), g.w()) && (forced() || !ScatteredInputGrad.suits(g))) {
      winograd.inputGrad(g, dy, w, dx);
    } else if (ScatteredInputGrad.suits(g)) {
      scattered.run(g, dy, w, dx);
    } else {
      sliding.inputGrad(g, dy, w, dx);
    }
  }

  void weightGrad(ConvGeometry g, float[] x, Source dy, float[] dw) {
    if (winogradWins(g, g.p(), g.q())) {
      winograd.weightGrad(g, x, dy, dw);
    } else {
      directWeightGrad.run(g, x, dy, dw);
    }
  }

  /** Compares what the two methods cost, in products, for a result of p x q pixels an image. */
  private boolean winogradWins(ConvGeometry g, int p, int q) {
    if (!Winograd.fits(g) || method.equals("direct")) {
      return false;
    }
    if (forced()) {
      return true;
    }
    double channels = (double) g.c() * g.k();
    double tiles = Winograd.tiles(g.n(), p, q);
    double perTile = channels + TRANSFORM_COST * (g.c() + g.k());
    double cost = 36 * (tiles * perTile + KERNEL_COST * channels);
    return cost < 9 * channels * g.n() * p * q;
  }

  private boolean forced() {
    return method.equals("winograd");
  }
}
