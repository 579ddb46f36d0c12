package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/** Largest of windows. A layer of its own name, so that {@link Sequential} can fuse it. */
final class MaxPool2d extends Module {
  private final int window;
  private final int stride;
  private final int padding;

  MaxPool2d(int window, int stride, int padding) {
    this.window = window;
    this.stride = stride;
    this.padding = padding;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.maxPool2d(x, window, stride, padding);
  }

  /** The window where windows lie side by side, else 0. */
  int sideBySide() {
    return stride == window && padding == 0 ? window : 0;
  }
}
