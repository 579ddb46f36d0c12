package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;

/**
 * Convolutions of stride 1 with few output channels, such as the one that gives an autoencoder's
 * image: in most methods a vector's lanes are output channels, and would be empty. A convolution is
 * the gradient of the one the other way round ({@link ConvGeometry#turned}), which has few input
 * channels, and for those there are methods with the taps or the other channels in the lanes.
 */
final class TurnedConvolution {
  private final ScatteredInputGrad inputGrad;
  private final DirectWeightGrad weightGrad;
  private final Scratch scratch;

  TurnedConvolution(ScatteredInputGrad inputGrad, DirectWeightGrad weightGrad, Scratch scratch) {
    this.inputGrad = inputGrad;
    this.weightGrad = weightGrad;
    this.scratch = scratch;
  }

  /** Whether this shape is one for it. */
  static boolean suits(ConvGeometry g) {
    return g.k() < g.c() && g.hasTurned() && ScatteredInputGrad.suits(g.turned());
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    float[] turned = scratch.shared(g.weight().size());
    turn(g, w, turned);
    inputGrad.run(g.turned(), Source.of(x, g.input()), turned, bias, y);
    scratch.giveBack(turned);
  }

  void weightGrad(ConvGeometry g, Source x, Source dy, float[] dw) {
    float[] turned = scratch.shared(g.weight().size());
    weightGrad.run(g.turned(), dy, x, turned);
    turn(g.turned(), turned, dw);
    scratch.giveBack(turned);
  }

  /** The weight {@code [K, R, S, C]} as {@code [C, R, S, K]}, turned by half a turn. */
  private static void turn(ConvGeometry g, float[] w, float[] to) {
    int taps = g.r() * g.s();
    for (int k = 0; k < g.k(); k++) {
      for (int t = 0; t < taps; t++) {
        for (int c = 0; c < g.c(); c++) {
          to[(c * taps + taps - 1 - t) * g.k() + k] = w[(k * taps + t) * g.c() + c];
        }
      }
    }
  }
}
