package dev.teak.attacks;

import dev.teak.nn.Module;

/** Puts a model into eval mode, and back into the mode it was in on close. */
public final class EvalMode implements AutoCloseable {
  private final Module model;
  private final boolean wasTraining;

  /** Switches {@code model} to eval mode. */
  public EvalMode(Module model) {
    this.model = model;
    this.wasTraining = model.isTraining();
    model.train(false);
  }

  @Override
  public void close() {
    model.train(wasTraining);
  }
}
