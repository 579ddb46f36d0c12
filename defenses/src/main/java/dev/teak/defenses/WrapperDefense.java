package dev.teak.defenses;

import dev.teak.nn.Module;

/** A defense that makes another model of a model, with its classes and over its weights. */
public interface WrapperDefense extends Defense {
  /** Whether it is around a model at all, where one that trains too has a setting that says so. */
  default boolean wraps() {
    return true;
  }

  /**
   * The model with this defense; asked only where it {@link #wraps}.
   *
   * @throws IllegalArgumentException if it does not fit the model
   */
  Module wrap(Trainee trainee);

  /**
   * The same as whoever knows of it sees it: over the same weights, with the same answers, and with
   * a gradient that leads through.
   *
   * @param trainee with the model inside as it is attacked through itself
   * @param wrapped of {@link #wrap}
   */
  default Module attackedThrough(Trainee trainee, Module wrapped) {
    return wrapped;
  }
}
