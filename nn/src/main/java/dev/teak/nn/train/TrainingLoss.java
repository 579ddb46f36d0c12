package dev.teak.nn.train;

import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** A training that differs in what each step makes small. */
public interface TrainingLoss extends TrainingMethod {
  /** The mean cross-entropy of the batch. */
  TrainingLoss CROSS_ENTROPY =
      (model, images, labels, step) -> {
        Tensor logits = model.forward(images);
        return new Result(Losses.crossEntropy(logits, labels), logits);
      };

  @Override
  Result loss(Module model, Tensor images, Tensor labels, long step);
}
