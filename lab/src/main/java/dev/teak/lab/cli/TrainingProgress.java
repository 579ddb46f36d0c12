package dev.teak.lab.cli;

import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.TrainingListener;
import java.util.List;
import java.util.Locale;

/**
 * Shows how far a training is.
 *
 * @param epochs how many there will be
 */
record TrainingProgress(ConsoleProgress progress, int epochs) implements TrainingListener {
  @Override
  public void onResume(List<EpochResult> done, int batches) {
    progress.note(
        "going on after epoch "
            + done.size()
            + " of "
            + epochs
            + ", batch "
            + batches
            + " of the next");
  }

  @Override
  public void onBatch(int epoch, int batch, int batches, double loss) {
    progress.at(
        "",
        (long) (epoch - 1) * batches + batch,
        (long) epochs * batches,
        String.format(Locale.ROOT, "epoch %d, loss %.4f", epoch, loss));
  }
}
