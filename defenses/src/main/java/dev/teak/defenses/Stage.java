package dev.teak.defenses;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.TrainingLoss;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A {@link Part} at work in one training. What it leaves alone is plain training. Whatever is
 * random depends on the seed it was made with and on the step's number alone.
 */
public interface Stage {
  /** The images to train on in the place of these, {@code [N, H, W, C]}. */
  default Tensor transform(Module model, Tensor images, Tensor labels, long step) {
    return images;
  }

  /** The loss to train on in the place of this one. */
  default TrainingLoss loss(TrainingLoss plain) {
    return plain;
  }

  /** Changes the gradients of the model's parameters, before the optimizer's step. */
  default void gradients(Module model, long step) {}

  /** Parameters of its own, which train together with the model's. */
  default Map<String, Tensor> parameters() {
    return Map.of();
  }

  /** What it carries from step to step, its parameters included: the tensors themselves. */
  default Map<String, Tensor> state() {
    return parameters();
  }

  /** What stands in front of the model if this mask is to stay at test time; else empty. */
  default Optional<Module> atTest() {
    return Optional.empty();
  }

  /** How many pixels a learned mask keeps; empty where it is none. */
  default OptionalDouble effectiveDimension() {
    return OptionalDouble.empty();
  }
}
