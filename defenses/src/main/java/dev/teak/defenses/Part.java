package dev.teak.defenses;

import dev.teak.engine.Shape;
import dev.teak.nn.Module;

/**
 * One change of a training: a mask, an attack on each batch, a disturbance of gradients. A value;
 * its text is what {@link Parts#parse} makes it of again. Several make a {@link Training}.
 */
public interface Part {
  /**
   * This change, made ready for one training.
   *
   * @param model to be trained; stays as it is
   * @param image {@code [H, W, C]}
   * @param seed of all that is random in it
   * @throws IllegalArgumentException if it does not fit the model
   */
  Stage on(Module model, Shape image, long seed);
}
