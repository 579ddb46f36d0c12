package dev.teak.engine;

import java.util.function.UnaryOperator;

/** What few tensors have: a gradient that was added up, and hooks that see it on its way. */
final class GradSlot {
  Tensor grad;
  boolean retained;
  Hooks<UnaryOperator<Tensor>> hooks;

  Hooks<UnaryOperator<Tensor>> hooks() {
    if (hooks == null) {
      hooks = new Hooks<>();
    }
    return hooks;
  }
}
