package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * A small smooth network with weights drawn by a seed, for images of 5 x 4 pixels in 2 channels.
 */
final class SmokeNet extends Module {
  static final int PIXELS = 40;
  static final int CLASSES = 5;

  final Tensor first;
  final Tensor second;
  boolean sawTraining;

  SmokeNet(long seed) {
    this(seed, CLASSES);
  }

  SmokeNet(long seed, int classes) {
    RandomStream random = new RandomStream(seed, "net");
    try (Scope scope = Scope.open()) {
      first = parameter("first", random.uniform(Shape.of(8, PIXELS), -1, 1));
      second = parameter("second", random.uniform(Shape.of(classes, 8), -2, 2));
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    sawTraining |= isTraining();
    Tensor flat = x.reshape(x.shape().dim(0), PIXELS);
    return Functional.linear(Functional.linear(flat, first, null).tanh(), second, null);
  }

  /** Images with many pixels at exactly 0 and 1. */
  static float[] pixels(long seed, int n) {
    try (Scope scope = Scope.open()) {
      float[] u = new RandomStream(seed, "pixels").uniform(Shape.of(n * PIXELS)).toFloats();
      for (int i = 0; i < u.length; i++) {
        u[i] = Math.min(1, Math.max(0, u[i] * 1.6f - 0.3f));
      }
      return u;
    }
  }

  static Tensor images(float... pixels) {
    return Tensor.of(pixels, pixels.length / PIXELS, 5, 4, 2);
  }

  /** The classes that the model itself finds, so that all images are right at first. */
  int[] predictions(Tensor x) {
    try (Scope scope = Scope.open()) {
      return forward(x).argMax(1).toInts();
    }
  }
}
