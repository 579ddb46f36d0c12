package dev.teak.defenses;

import dev.teak.attacks.ThreatModel;
import dev.teak.nn.train.TrainingHooks;
import java.util.Optional;

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

  /**
   * What it does to the images of a batch, where it attacks all of them: they must lie in its
   * range, what earlier defenses made of them is clipped to that, and no mask before it can learn.
   */
  default Optional<ThreatModel> threat() {
    return Optional.empty();
  }

  /** About how many passes more than plain training it takes for an image: for an estimate. */
  default double passes() {
    return 0;
  }
}
