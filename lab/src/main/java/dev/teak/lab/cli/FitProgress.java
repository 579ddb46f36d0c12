package dev.teak.lab.cli;

import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far that is which stands in front of a model and learns before it.
 *
 * @param console gets a line an epoch
 */
record FitProgress(ConsoleProgress progress, PrintWriter console) implements TrainingListener {
  @Override
  public void onBatch(int epoch, int batch, int batches, double loss) {
    progress.at(
        "in front", batch, batches, String.format(Locale.ROOT, "epoch %d, loss %.4f", epoch, loss));
  }

  @Override
  public void onEpoch(EpochResult result) {
    progress.print(console, "in front, epoch " + result.epoch() + EpochLog.figures(result));
  }
}
