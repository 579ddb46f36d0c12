package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** What a defense may do to a batch before the model is trained on it. */
public interface BatchTransform {
  /** Leaves batches as they are. */
  BatchTransform NONE = (model, images, labels, step) -> images;

  /**
   * The images to train on.
   *
   * @param step number of the training step over the whole run: what is random must depend on it
   *     and on nothing that a resumed run would not have
   */
  Tensor apply(Module model, Tensor images, Tensor labels, long step);
}
