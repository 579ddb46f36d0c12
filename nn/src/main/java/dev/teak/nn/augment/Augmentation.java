package dev.teak.nn.augment;

import dev.teak.engine.Shape;
import dev.teak.nn.settings.Registered;

/**
 * A random change of training images, a record of its settings. Several act one after the other.
 */
@Registered(Augmentations.class)
public interface Augmentation {
  /**
   * Changes an image in its place.
   *
   * @param pixels has the image from {@code at} on, values in 0..1
   * @param image its shape, {@code [H, W, C]}
   * @param draws this image's own random numbers, the only ones that may be used
   */
  void apply(float[] pixels, int at, Shape image, Draws draws);
}
