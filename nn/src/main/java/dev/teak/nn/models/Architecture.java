package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Registered;

/** What a model is made like: a record of its settings. */
@Registered(Models.class)
public interface Architecture {
  /**
   * The model, with weights as they are before training, on the current device. It gives logits
   * {@code [N, classes]} of images {@code [N, H, W, C]}.
   *
   * @param image {@code [H, W, C]}
   * @param classes how many
   * @param init of the weights; what else is random in a model has streams derived from it
   * @throws IllegalArgumentException if it cannot be built for such images
   */
  Module build(Shape image, int classes, RandomStream init);
}
