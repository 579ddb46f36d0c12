package dev.teak.attacks;

import dev.teak.engine.Tensor;

/**
 * An attack that spends all of epsilon: of the images it offers, the one farthest past the goal is
 * kept. An attack of its own writes {@link #run} and has the rest done.
 */
public interface FixedEpsilonAttack extends Attack {
  /** One run: offers allowed images, as many as it likes. */
  void run(Run run);

  /** Of all that is random. */
  default long seed() {
    return 0;
  }

  /**
   * How often {@link #run} is called: the first time for all images, then for those still standing.
   */
  default int rounds() {
    return 1;
  }

  @Override
  default AdversarialBatch perturb(Victim victim, Tensor images, Tensor labels) {
    return new Search(this, seed(), victim, images, labels).best(rounds(), this::run);
  }
}
