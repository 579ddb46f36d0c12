package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** A training that differs in the images of each batch. */
public interface BatchTransform extends TrainingMethod {
  /** Leaves batches as they are: plain training. */
  BatchTransform NONE = (model, images, labels, step) -> images;

  @Override
  Tensor transform(Module model, Tensor images, Tensor labels, long step);
}
