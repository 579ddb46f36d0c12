package dev.teak.lab.experiment;

import dev.teak.defenses.Defended;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Metrics;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a model through one phase. It is not given a test set.
 *
 * @param phase how, nothing left open
 * @param data to learn from, and to judge epochs by
 * @param seed of everything random
 */
public record PhaseTraining(Phase phase, Data.Learning data, long seed) {
  /** Batches between two saves: a kill costs a few seconds of work at most. */
  private static final int SAVE_EVERY = 100;

  /**
   * What came of it beside the weights.
   *
   * @param epochs how they went
   * @param seconds wall time, of all the parts if it was resumed
   */
  public record Done(List<CellResult.Epoch> epochs, double seconds) {
    /** Takes a copy. */
    public Done {
      epochs = List.copyOf(epochs);
    }

    /** With the time that had gone into what stands in front. */
    Done after(double fits) {
      return new Done(epochs, fits + seconds);
    }
  }

  /**
   * Trains, going on where a state stands; of no epochs nothing is done.
   *
   * @param defended the model, trained in place
   * @param state where its checkpoints go; null for nowhere
   * @param settings what a resumed run must have in common with this one
   * @param number of the phase, from 1
   */
  public Done run(
      Defended defended, Path state, String settings, int number, TrainingListener listener)
      throws IOException {
    if (phase.epochs() == 0) {
      return new Done(List.of(), 0);
    }
    freeze(defended.model());
    Trainer trainer =
        Trainer.of(defended.model())
            .optimizer(phase.optimizer())
            .schedule(phase.schedule())
            .epochs(phase.epochs())
            .batch(phase.batch())
            .seed(seed)
            .augment(phase.augment())
            .hooks(defended.hooks())
            .keep(phase.keep())
            .judge(PhaseTraining::judge)
            .listener(listener);
    phase.judges().forEach(trainer::judge);
    if (phase.average() != null) {
      trainer.average(phase.average());
    }
    if (phase.clip() != null) {
      trainer.clipNorm(phase.clip());
    }
    if (state != null) {
      trainer.checkpoint(new Checkpoint(state, settings, SAVE_EVERY));
    }
    List<EpochResult> results = trainer.run(data.train(), data.validation());
    double seconds = results.stream().mapToDouble(EpochResult::seconds).sum();
    return new Done(
        results.stream().map(e -> new CellResult.Epoch(number, e.epoch(), e.figures())).toList(),
        seconds);
  }

  private void freeze(Module model) {
    for (String layer : phase.freeze()) {
      model.getSubmodule(layer).parameters().forEach(PhaseTraining::freeze);
    }
  }

  private static void freeze(Tensor parameter) {
    parameter.requiresGrad(false);
  }

  /** Judges an epoch on the validation images by more than the trainer would. */
  private static Map<String, Double> judge(Module model, Examples validation) {
    Map<String, Double> figures = new LinkedHashMap<>();
    float[][] logits = Evaluate.logits(model, validation, 256);
    int[] said = new int[logits.length];
    for (int i = 0; i < said.length; i++) {
      said[i] = Evaluate.prediction(logits[i]);
    }
    Metrics m = Metrics.of(validation.labels(), said, logits[0].length);
    figures.put("precision", m.macroPrecision());
    figures.put("recall", m.macroRecall());
    figures.put("f1", m.macroF1());
    return figures;
  }
}
