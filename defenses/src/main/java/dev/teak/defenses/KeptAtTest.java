package dev.teak.defenses;

import dev.teak.nn.Module;
import dev.teak.nn.train.TrainingHooks;

/** Hooks of a training that put something in front of the model which may stay at test time. */
public interface KeptAtTest extends TrainingHooks {
  /**
   * What stands in front of the model where it stays: one consistent mask, a fixed one being that
   * of the training. It holds until the hooks are closed.
   */
  Module atTest();

  /** The same as a defense, for captions. */
  Defense asDefense();
}
