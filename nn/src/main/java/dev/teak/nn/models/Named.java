package dev.teak.nn.models;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.Map;

/** Modules one after the other, as {@link Sequential}, under names of their own. */
final class Named extends Module {
  private final Sequential inOrder; // no part: its parts are this one's

  /** The parts in the order of the map. */
  Named(Map<String, Module> parts) {
    parts.forEach(this::submodule);
    inOrder = new Sequential(parts.values().toArray(Module[]::new));
  }

  @Override
  protected Tensor compute(Tensor x) {
    return inOrder.forward(x);
  }
}
