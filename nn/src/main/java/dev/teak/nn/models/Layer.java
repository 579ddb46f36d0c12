package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Registered;

/** A layer of a model of one's own ({@link LayerList}): a record of its settings. */
@Registered(LayerKinds.class)
public interface Layer {
  /**
   * The layer, on the current device.
   *
   * @param input what one image is when it comes to this layer: {@code [H, W, C]}, or {@code [C]}
   *     once it is flat
   * @param init of the weights; what else is random has a stream derived from it
   * @throws IllegalArgumentException if it takes no such input
   */
  Module build(Shape input, RandomStream init);
}
