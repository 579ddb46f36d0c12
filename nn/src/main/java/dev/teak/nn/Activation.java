package dev.teak.nn;

import dev.teak.engine.Tensor;
import dev.teak.engine.op.Unary;

/** An elementwise op. A layer of its own name, so that {@link Sequential} can fuse it. */
final class Activation extends Module {
  private final Unary function;

  Activation(Unary function) {
    this.function = function;
  }

  Unary function() {
    return function;
  }

  @Override
  protected String describe() {
    return "Activation(" + function.name() + ")";
  }

  @Override
  protected Tensor compute(Tensor x) {
    return function.apply(x);
  }
}
