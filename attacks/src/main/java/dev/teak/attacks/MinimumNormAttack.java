package dev.teak.attacks;

import dev.teak.engine.Tensor;

/**
 * An attack that looks for the smallest change: of the images it offers that reach the goal, the
 * nearest is kept. Those that are there without an attack are left as they are; those that end
 * farther than epsilon count as not reached. An attack of its own writes {@link #run} and has the
 * rest done.
 */
public interface MinimumNormAttack extends Attack {
  /** One run: offers images within the range, as many as it likes. */
  void run(Run run);

  /** Of all that is random. */
  default long seed() {
    return 0;
  }

  /** How often {@link #run} is called, for the images that are not within epsilon yet. */
  default int rounds() {
    return 1;
  }

  /** By how much the logits must be past the goal. */
  default double confidence() {
    return 0;
  }

  @Override
  default AdversarialBatch perturb(Victim victim, Tensor images, Tensor labels) {
    return new Search(this, seed(), victim, images, labels)
        .nearest(rounds(), confidence(), this::run);
  }
}
