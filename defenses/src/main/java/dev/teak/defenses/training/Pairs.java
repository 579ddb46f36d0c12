package dev.teak.defenses.training;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;

/**
 * A training on pairs: each batch holds its images, and behind them in the same order what was made
 * of them against the model as it stands. It is made while the batch is, before any gradient is
 * hooked, so that no attack follows a disturbed one.
 */
abstract class Pairs implements TrainingHooks {
  private final String defense;
  private int pairs; // of the step's batch

  Pairs(String defense) {
    this.defense = defense;
  }

  /** The images that go beside those of a batch, of their shape. */
  abstract Tensor attacked(Module model, Batch batch, Step step);

  @Override
  public Batch batch(Module model, Batch batch, Step step) {
    pairs = batch.images().shape().dim(0);
    Tensor attacked = attacked(model, batch, step);
    return new Batch(
        Tensor.concat(0, List.of(batch.images(), attacked)),
        twice(batch.labels()),
        twice(batch.targets()));
  }

  private static Tensor twice(Tensor t) {
    return Tensor.concat(0, List.of(t, t));
  }

  /** The clean half of a batch. */
  Batch clean(Batch both) {
    return new Batch(
        clean("images", both.images()),
        clean("labels", both.labels()),
        clean("targets", both.targets()));
  }

  /** The attacked half of a batch. */
  Batch attacked(Batch both) {
    return new Batch(
        attacked("images", both.images()),
        attacked("labels", both.labels()),
        attacked("targets", both.targets()));
  }

  /** The half of the clean images. */
  Tensor clean(String what, Tensor both) {
    return requirePairs(what, both).rows(0, pairs);
  }

  /** The half of the attacked images. */
  Tensor attacked(String what, Tensor both) {
    return requirePairs(what, both).rows(pairs, 2 * pairs);
  }

  private Tensor requirePairs(String what, Tensor both) {
    if (both == null || both.shape().dim(0) != 2 * pairs) {
      throw new IllegalArgumentException(
          defense
              + ": the step has "
              + (both == null ? "no " + what : what + " " + both.shape())
              + " for "
              + pairs
              + " pairs of images; put it behind defenses that change how many images there are");
    }
    return both;
  }
}
