package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What may be changed of a training, each at its place; what is left alone is plain training. Hooks
 * compose ({@link #all}): what changes batches acts in the order of the list, and so does what
 * changes gradients; of objectives the first is the outermost. Whatever is random must depend on
 * the step's number and on nothing that a resumed run would not have.
 */
public interface TrainingHooks extends AutoCloseable {
  /** Plain training. */
  TrainingHooks NONE = new TrainingHooks() {};

  /**
   * Looks at the training examples, before the first step of every run, a resumed one included: for
   * what must be known or learned beforehand.
   *
   * @param batch how many examples a step is given, at most
   */
  default void fit(Examples train, int batch) {}

  /** How many steps, 1 or more, are taken one after the other on each batch that is read. */
  default int replays() {
    return 1;
  }

  /** The batch to train on in the place of this one; it may have more or fewer images. */
  default Batch batch(Module model, Batch batch, Step step) {
    return batch;
  }

  /** What to make small in the place of this. */
  default Objective objective(Objective inner) {
    return inner;
  }

  /**
   * Finds the parameters' gradients, where they are or, for a while, elsewhere.
   *
   * @param pass computes the whole objective and leaves its gradients in the parameters, in place
   *     of those that they had; may be called several times
   * @return what the last call gave
   */
  default Objective.Result backward(Module model, Supplier<Objective.Result> pass, Step step) {
    return pass.get();
  }

  /** Changes the parameters' gradients, between the backward pass and the optimizer's step. */
  default void gradients(Module model, Step step) {}

  /** After the optimizer's step. */
  default void stepped(Module model, Step step) {}

  /** Parameters of its own, which train together with the model's. */
  default Map<String, Tensor> parameters() {
    return Map.of();
  }

  /** What it carries from step to step, the tensors themselves by name: a checkpoint has them. */
  default Map<String, Tensor> state() {
    return parameters();
  }

  /** Named figures at an epoch's end, such as how many pixels a learned mask keeps. */
  default Map<String, Double> figures() {
    return Map.of();
  }

  /** Gives back what it holds. */
  @Override
  default void close() {}

  /** Several as one. */
  static TrainingHooks all(List<? extends TrainingHooks> parts) {
    return new CombinedHooks(List.copyOf(parts));
  }
}
