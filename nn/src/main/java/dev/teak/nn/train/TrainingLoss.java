package dev.teak.nn.train;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** What a training step makes small; a defense may bring its own. */
public interface TrainingLoss {
  /** The mean cross-entropy of the batch. */
  TrainingLoss CROSS_ENTROPY =
      (model, images, labels, step) -> {
        Tensor logits = model.forward(images);
        return new Result(Functional.crossEntropy(logits, labels).mean(), logits);
      };

  /**
   * The loss of a batch.
   *
   * @param step number of the training step over the whole run: what is random must depend on it
   *     and on nothing that a resumed run would not have
   */
  Result of(Module model, Tensor images, Tensor labels, long step);

  /**
   * What a step needs to know.
   *
   * @param loss a scalar with its graph
   * @param logits {@code [N, classes]}, which the training accuracy is counted from
   */
  record Result(Tensor loss, Tensor logits) {}
}
