package dev.teak.nn.train;

import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** What a step of a training makes small. */
@FunctionalInterface
public interface Objective {
  /** The mean cross-entropy of the batch with its targets, classes or probabilities. */
  Objective CROSS_ENTROPY =
      (model, batch, step) -> {
        Tensor logits = model.forward(batch.images());
        return new Result(Losses.crossEntropy(logits, batch.targets()), logits);
      };

  /** The mean squared error between the model's images and the batch's targets, or its images. */
  Objective RECONSTRUCTION =
      (model, batch, step) -> {
        Tensor aim = batch.targets().shape().rank() == 4 ? batch.targets() : batch.images();
        return Result.withoutClasses(Losses.mse(model.forward(batch.images()), aim.detach()));
      };

  /**
   * What a step needs to know.
   *
   * @param loss a scalar with its graph
   * @param logits {@code [N, classes]}, which the training accuracy is counted from; null where the
   *     model tells no classes apart
   */
  record Result(Tensor loss, Tensor logits) {
    /** Of a model that tells no classes apart. */
    public static Result withoutClasses(Tensor loss) {
      return new Result(loss, null);
    }

    /** With another loss. */
    public Result loss(Tensor other) {
      return new Result(other, logits);
    }
  }

  /** Runs the model, in the modes that it is in. */
  Result of(Module model, Batch batch, Step step);
}
