package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Map;

/**
 * What a defense may change of a training step, each at its place; what it leaves alone is plain
 * training. Whatever is random must depend on the step's number, counted over the whole run, and on
 * nothing that a resumed run would not have.
 */
public interface TrainingMethod {
  /**
   * What a step needs to know.
   *
   * @param loss a scalar with its graph
   * @param logits {@code [N, classes]}, which the training accuracy is counted from
   */
  record Result(Tensor loss, Tensor logits) {}

  /** The images to train on in the place of a batch's: as they are. */
  default Tensor transform(Module model, Tensor images, Tensor labels, long step) {
    return images;
  }

  /** What the step makes small: the mean cross-entropy of the batch. */
  default Result loss(Module model, Tensor images, Tensor labels, long step) {
    return TrainingLoss.CROSS_ENTROPY.loss(model, images, labels, step);
  }

  /** Changes the parameters' gradients, between the backward pass and the optimizer's step. */
  default void gradients(Module model, long step) {}

  /** What it carries from step to step, the tensors themselves by name: a checkpoint has them. */
  default Map<String, Tensor> state() {
    return Map.of();
  }
}
