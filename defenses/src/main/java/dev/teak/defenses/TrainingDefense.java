package dev.teak.defenses;

import dev.teak.nn.train.TrainingHooks;

/**
 * A defense that changes a model's training and nothing else: the trained model is a plain one, so
 * that every attack on it is adaptive as it is.
 */
public interface TrainingDefense extends Defense {
  /**
   * This defense at work in one training.
   *
   * @throws IllegalArgumentException if it does not fit the model
   */
  TrainingHooks on(Trainee trainee);

  /** About how many passes more than plain training it takes for an image: for an estimate. */
  default double passes() {
    return 0;
  }
}
