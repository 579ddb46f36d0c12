package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;

/**
 * Label smoothing (Szegedy et al., CVPR 2016, section 7): a model is trained towards (1 - epsilon)
 * times its targets and epsilon of all classes alike.
 *
 * @param epsilon share of the classes alike, in [0, 1)
 */
public record LabelSmoothing(double epsilon) implements TrainingDefense {
  /** Rejects what is no such share. */
  public LabelSmoothing {
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon: " + epsilon + ": must be in [0, 1)");
    }
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    int classes = trainee.classes();
    return new TrainingHooks() {
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        Tensor targets = Targets.probabilities("label_smoothing", batch, classes);
        return batch.targets(targets.mul(1 - epsilon).add(epsilon / classes));
      }
    };
  }
}
