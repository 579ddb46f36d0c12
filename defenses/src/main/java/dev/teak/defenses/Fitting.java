package dev.teak.defenses;

import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingListener;

/**
 * What something in front of a model, or beside it, learns from.
 *
 * @param trainee the model behind or beside it, with the weights that it has by then, and the seed
 * @param train images to learn from, as they are before anything in front
 * @param validation held back; may be empty
 * @param checkpoint where a fit that is killed goes on from; null for nowhere
 * @param listener is told how it goes
 */
public record Fitting(
    Trainee trainee,
    Examples train,
    Examples validation,
    Checkpoint checkpoint,
    TrainingListener listener) {
  /** Of these images alone, without a trace. */
  public static Fitting of(Trainee trainee, Examples train) {
    return new Fitting(trainee, train, train.slice(0, 0), null, TrainingListener.SILENT);
  }
}
