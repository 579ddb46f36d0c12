package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Update;
import dev.teak.nn.Init;
import dev.teak.nn.Module;
import java.util.function.Function;

/** Initial weights other than PyTorch's defaults, as the originals of the models have them. */
final class Initial {
  private static final int PIECE = 1 << 22;

  private final Module model;

  private Initial(Module model) {
    this.model = model;
  }

  /** Of this model, whose weights are overwritten. */
  static Initial of(Module model) {
    return new Initial(model);
  }

  /** Weights of convolutions. */
  Initial convolutions(Function<Shape, float[]> values) {
    return all("weight", 4, values);
  }

  /** Weights of linear layers. */
  Initial linear(Function<Shape, float[]> values) {
    return all("weight", 2, values);
  }

  /** Biases of all layers to 0. */
  Initial noBiases() {
    return all("bias", 1, shape -> new float[shape.size()]);
  }

  /** Parameters whose name ends so, of this rank. */
  private Initial all(String name, int rank, Function<Shape, float[]> values) {
    model
        .namedParameters()
        .forEach(
            (full, p) -> {
              if (full.endsWith(name) && p.shape().rank() == rank) {
                try (Scope scope = Scope.open()) {
                  Update.assign(p, values.apply(p.shape()));
                }
              }
            });
    return this;
  }

  /** Normal with a deviation of sqrt(2 / fanOut) (He et al. 2015, backward case). */
  static Function<Shape, float[]> fanOut(RandomStream random) {
    return shape -> normal(shape, Math.sqrt(2.0 / Init.fanOut(shape)), random);
  }

  /** Normal with this deviation. */
  static Function<Shape, float[]> normal(double deviation, RandomStream random) {
    return shape -> normal(shape, deviation, random);
  }

  /**
   * Drawn in pieces: a VGG's first linear layer has 400 MB, and a draw takes several times that.
   */
  private static float[] normal(Shape shape, double deviation, RandomStream random) {
    float[] all = new float[shape.size()];
    for (int from = 0; from < all.length; from += PIECE) {
      int count = Math.min(PIECE, all.length - from);
      try (Scope scope = Scope.open()) {
        float[] piece = random.normal(Shape.of(count)).mul(deviation).toFloats();
        System.arraycopy(piece, 0, all, from, count);
      }
    }
    return all;
  }
}
