package dev.teak.lab.experiment;

import dev.teak.defenses.Training;
import dev.teak.engine.RandomStream;
import dev.teak.nn.Models;
import dev.teak.nn.Module;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Metrics;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A cell's model, trained; what its training has learned beside stays until this is closed.
 *
 * @param model with its final weights
 * @param run the training that it went through
 * @param epochs how they went
 * @param seconds wall time
 */
record TrainedCell(Module model, Training.Run run, List<CellResult.Epoch> epochs, double seconds)
    implements AutoCloseable {

  /** Trains. It is not given a test set. */
  static TrainedCell of(Cell cell, Data.Learning data, int classes) throws IOException {
    long start = System.nanoTime();
    Module model =
        Models.byName(
            cell.model(), data.train().image(), classes, new RandomStream(cell.seed(), "init"));
    Training.Run run = Training.parse(cell.training()).on(model, data.train().image(), cell.seed());
    Epochs epochs = new Epochs(model, data.validation(), classes, new ArrayList<>());
    Trainer trainer =
        new Trainer(
            model,
            Adam.adam(run.parameters(), cell.lr()),
            LrSchedule.cosine(cell.lr()),
            cell.epochs(),
            cell.batch(),
            cell.seed(),
            run,
            null,
            epochs);
    trainer.run(data.train(), data.validation().slice(0, 0));
    return new TrainedCell(model, run, epochs.all, (System.nanoTime() - start) * 1e-9);
  }

  /** Judges each epoch on the validation images, by more than the trainer would. */
  private record Epochs(Module model, Examples validation, int classes, List<CellResult.Epoch> all)
      implements TrainingListener {
    @Override
    public void onEpoch(EpochResult e) {
      if (validation.size() == 0) {
        double none = Double.NaN;
        all.add(
            new CellResult.Epoch(e.epoch(), e.loss(), e.trainAccuracy(), none, none, none, none));
        return;
      }
      Metrics m = Metrics.of(validation.labels(), Evaluate.predictions(model, validation), classes);
      all.add(
          new CellResult.Epoch(
              e.epoch(),
              e.loss(),
              e.trainAccuracy(),
              m.accuracy(),
              m.macroPrecision(),
              m.macroRecall(),
              m.macroF1()));
    }
  }

  /** The last epoch's. */
  double validationAccuracy() {
    return epochs.get(epochs.size() - 1).validationAccuracy();
  }

  @Override
  public void close() {
    run.close();
  }
}
