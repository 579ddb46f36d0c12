package dev.teak.attacks;

import dev.teak.attacks.evaluation.Attacks;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Registered;

/**
 * Changes images, within a threat model, so that a model errs. Attacks are immutable records of
 * their settings. What an image becomes depends on the image, the model and the settings, never on
 * the rest of its batch. The model is used in eval mode and comes back in the mode that it was in;
 * neither its weights nor the images given are changed.
 */
@Registered(Attacks.class)
public interface Attack {
  /** The field's name for it. */
  String name();

  /** What it may do. */
  ThreatModel threat();

  /** What it is after. */
  Goal goal();

  /**
   * Attacks a batch.
   *
   * @param victim gives logits {@code [N, classes]}
   * @param images {@code [N, H, W, C]} within the threat model's pixel range; where an end of it is
   *     no float, also at the float nearest to that
   * @param labels INT32 {@code [N]}, the true classes
   * @throws IllegalArgumentException where pixels are outside the range, a class is not there, or
   *     the model gives fewer than two logits
   */
  AdversarialBatch perturb(Victim victim, Tensor images, Tensor labels);

  /** Attacks a batch of a model whose gradient is its own. */
  default AdversarialBatch perturb(Module model, Tensor images, Tensor labels) {
    return perturb(Victim.of(model), images, labels);
  }
}
