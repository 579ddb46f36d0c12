package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.HeapBuffer;
import java.util.List;

/**
 * Convolutions: finds each the method that suits its shape. {@code -Dteak.java.conv=direct} forces
 * the direct one; {@code winograd} forces Winograd's F(4x4) and {@code winograd2} his F(2x2)
 * wherever the kernel is 3x3 of stride 1.
 */
final class Convolution {
  /**
   * What the transforms of a tile cost a channel and point, in products: measured, as the channel
   * numbers at which the two methods are even.
   */
  private static final double TRANSFORM_COST = 12;

  /** What the transform of a kernel costs a channel pair and point, in products. */
  private static final double KERNEL_COST = 20;

  /**
   * Images that a kernel's transform is taken to serve. Never those of the call: an image's result
   * must not depend on how many others are with it.
   */
  private static final int IMAGES = 32;

  private final SlidingConvolution sliding;
  private final DirectWeightGrad directWeightGrad;
  private final ScatteredInputGrad scattered;
  private final TurnedConvolution turned;
  private final Depthwise depthwise;
  private final PooledGrads pooled;
  private final PooledWeightGrad pooledWeightGrad;
  private final PlaneConvolution planes;
  private final GemmConvolution gemm;
  private final GemmWeightGrad gemmWeightGrad;
  private final List<Transformed> transformed;
  private final String method = System.getProperty("teak.java.conv", "");

  /** Winograd's method of one size. */
  private record Transformed(
      WinogradTransforms transforms, Winograd convolution, WinogradWeightGrad weightGrad) {
    /** What it costs an image, in products, for a result of p x q pixels. */
    double cost(ConvGeometry g, int p, int q) {
      double channels = (double) g.c() * g.k();
      int tiles = new WinogradPoints.Grid(1, p, q, transforms.out()).tiles();
      double perTile = channels + TRANSFORM_COST * (g.c() + g.k());
      return transforms.points() * (tiles * perTile + KERNEL_COST * channels / IMAGES);
    }

    boolean takes(Sink y) {
      return transforms.out() % y.band() == 0;
    }
  }

  Convolution(
      Loops loops,
      TapLoops taps,
      Tile tile,
      List<WinogradTransforms> transforms,
      Workers workers,
      Scratch scratch) {
    this.sliding = new SlidingConvolution(tile, workers, scratch);
    this.directWeightGrad = new DirectWeightGrad(tile, workers, scratch);
    this.scattered = new ScatteredInputGrad(tile, workers, scratch);
    this.turned = new TurnedConvolution(scattered, directWeightGrad, scratch);
    this.depthwise = new Depthwise(taps, workers, scratch);
    this.pooled = new PooledGrads(loops, taps, workers, scratch);
    this.pooledWeightGrad = new PooledWeightGrad(loops, taps, workers, scratch);
    this.planes = new PlaneConvolution(tile, workers, scratch);
    this.gemm = new GemmConvolution(tile, workers, scratch);
    this.gemmWeightGrad = new GemmWeightGrad(tile, workers, scratch);
    this.transformed =
        transforms.stream()
            .map(
                t ->
                    new Transformed(
                        t,
                        new Winograd(loops, tile, t, workers, scratch),
                        new WinogradWeightGrad(tile, t, workers, scratch)))
            .toList();
  }

  void forward(ConvGeometry g, float[] x, HeapBuffer w, float[] bias, Sink y) {
    Transformed best = best(g, g.p(), g.q());
    if (best != null && best.takes(y)) {
      boolean[] spoiled = best.convolution.forward(g, x, w, bias, y);
      again(spoiled, (from, to) -> gemm.forward(g, from, to, x, w.floats(), bias, y));
    } else if (g.isDepthwise()) {
      depthwise.forward(g, x, w.floats(), bias, y);
    } else if (TurnedConvolution.suits(g)) {
      turned.forward(g, x, w.floats(), bias, y);
    } else if (PlaneConvolution.suitsForward(g)) {
      planes.forward(g, x, w.floats(), bias, y);
    } else if (GemmConvolution.suits(g, g.c())) {
      gemm.forward(g, 0, g.n(), x, w.floats(), bias, y);
    } else {
      sliding.forward(g, x, w.floats(), bias, y);
    }
  }

  /** A method for images {@code from} (with) to {@code to} (without). */
  private interface Redo {
    void images(int from, int to);
  }

  private static void again(boolean[] spoiled, Redo method) {
    for (int from = 0, to; from < spoiled.length; from = to) {
      to = from + 1;
      while (to < spoiled.length && spoiled[to] == spoiled[from]) {
        to++;
      }
      if (spoiled[from]) {
        method.images(from, to);
      }
    }
  }

  void inputGrad(ConvGeometry g, Source dy, HeapBuffer w, float[] dx) {
    Transformed best = best(g, g.h(), g.w());
    if (best != null && (forced(best) || !ScatteredInputGrad.suits(g))) {
      boolean[] spoiled = best.convolution.inputGrad(g, dy, w, dx);
      again(spoiled, (from, to) -> gemm.inputGrad(g, from, to, dy, w.floats(), dx));
    } else if (PooledGrads.suits(g, dy)) {
      pooled.inputGrad(g, dy.pooled(), w.floats(), dx);
    } else if (ScatteredInputGrad.suits(g)) {
      scattered.run(g, dy, w.floats(), null, Sink.plain(dx, g.input()));
    } else if (g.isDepthwise()) {
      depthwise.inputGrad(g, dy, w.floats(), dx);
    } else if (PlaneConvolution.suitsInputGrad(g)) {
      planes.inputGrad(g, dy, w.floats(), dx);
    } else if (GemmConvolution.suits(g, g.k())) {
      gemm.inputGrad(g, 0, g.n(), dy, w.floats(), dx);
    } else {
      sliding.inputGrad(g, dy, w.floats(), dx);
    }
  }

  void weightGrad(ConvGeometry g, float[] x, Source dy, float[] dw) {
    Transformed best = best(g, g.p(), g.q());
    if (!forced(best) && PooledWeightGrad.suits(g, dy)) {
      pooledWeightGrad.run(g, x, dy.pooled(), dw);
    } else if (best != null) {
      best.weightGrad.run(g, x, dy, dw);
    } else if (PooledGrads.suits(g, dy)) {
      pooled.weightGrad(g, x, dy.pooled(), dw);
    } else if (g.isDepthwise()) {
      depthwise.weightGrad(g, x, dy, dw);
    } else if (TurnedConvolution.suits(g)) {
      turned.weightGrad(g, Source.of(x, g.input()), dy, dw);
    } else if (GemmConvolution.suits(g, g.c())) {
      gemmWeightGrad.run(g, x, dy, dw);
    } else {
      directWeightGrad.run(g, Source.of(x, g.input()), dy, dw);
    }
  }

  /** The cheapest of Winograd's methods for a result of p x q pixels; null if direct is cheaper. */
  private Transformed best(ConvGeometry g, int p, int q) {
    if (!Winograd.fits(g) || method.equals("direct")) {
      return null;
    }
    Transformed best = null;
    double least = 9.0 * g.c() * g.k() * p * q;
    for (Transformed t : transformed) {
      if (forced(t)) {
        return t;
      }
      double cost = t.cost(g, p, q);
      if (cost < least) {
        least = cost;
        best = t;
      }
    }
    return best;
  }

  private boolean forced(Transformed t) {
    return t != null && method.equals(t.transforms.out() == 4 ? "winograd" : "winograd2");
  }
}
