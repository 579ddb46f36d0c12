package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Registered;
import dev.teak.nn.train.TrainingHooks;

/** What a model is made like that gives images back: a record of its settings. */
@Registered(Autoencoders.class)
public interface Autoencoder {
  /**
   * The model, with weights as they are before training, on the current device. It gives images
   * {@code [N, H, W, C]} in 0..1 of images of the same shape.
   *
   * @param image {@code [H, W, C]}
   * @param init of the weights; what else is random in a model has streams derived from it
   * @throws IllegalArgumentException if it cannot be built for such images
   */
  Module build(Shape image, RandomStream init);

  /**
   * What its training makes small besides {@link dev.teak.nn.train.Objective#RECONSTRUCTION}, the
   * figures of its epochs, and what it carries from step to step. Whoever asks for them closes
   * them.
   *
   * @param built of {@link #build}, by this
   * @param seed of all that is random in them
   */
  default TrainingHooks hooks(Module built, long seed) {
    return TrainingHooks.NONE;
  }

  /** Whether what it gives in eval mode is random. */
  default boolean isRandom() {
    return false;
  }
}
