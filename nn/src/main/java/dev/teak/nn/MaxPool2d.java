package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.PoolWindow;
import dev.teak.engine.Tensor;

/** Largest of windows. A layer of its own name, so that {@link Sequential} can fuse it. */
final class MaxPool2d extends Module {
  private final PoolWindow window;

  MaxPool2d(PoolWindow window) {
    this.window = window;
  }

  @Override
  protected String describe() {
    return Layers.describe("MaxPool2d", window);
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.maxPool2d(x, window);
  }

  /** The side of square windows that lie side by side, else 0. */
  int sideBySide() {
    return window.equals(PoolWindow.of(window.height())) ? window.height() : 0;
  }
}
