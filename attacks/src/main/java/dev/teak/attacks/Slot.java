package dev.teak.attacks;

import dev.teak.engine.Tensor;

/**
 * A tensor that an attack carries from step to step: it outlives the scope of the step that made
 * it, and is given back when another takes its place.
 */
public final class Slot implements AutoCloseable {
  private Tensor held;

  /** Holds a tensor; no copy is made. */
  public Slot(Tensor first) {
    held = first.alias().unscoped();
  }

  /** What it holds, until it is given something else. */
  public Tensor get() {
    return held;
  }

  /** Holds another tensor; gives the one before back. */
  public void set(Tensor next) {
    Tensor before = held;
    held = next.alias().unscoped();
    before.release();
  }

  /** Where the condition is not 0, holds {@code next} in place of what it has. */
  public void set(Tensor condition, Tensor next) {
    set(condition.where(next, held));
  }

  @Override
  public void close() {
    held.release();
  }
}
