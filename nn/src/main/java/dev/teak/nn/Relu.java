package dev.teak.nn;

import dev.teak.engine.Tensor;

/** max(x, 0). A layer of its own name, so that {@link Sequential} can fuse it. */
final class Relu extends Module {
  @Override
  protected Tensor compute(Tensor x) {
    return x.relu();
  }
}
