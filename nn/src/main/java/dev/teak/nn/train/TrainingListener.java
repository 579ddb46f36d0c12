package dev.teak.nn.train;

import java.util.List;

/** Is told how a training goes. */
public interface TrainingListener {
  /** Tells nobody. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Before the first batch of a training that goes on from a checkpoint.
   *
   * @param done the epochs before
   * @param batches of the next epoch that are done
   */
  default void onResume(List<EpochResult> done, int batches) {}

  /**
   * After every batch.
   *
   * @param batch number of the batch just done, from 1, of {@code batches}
   * @param loss mean loss over the epoch so far
   */
  default void onBatch(int epoch, int batch, int batches, double loss) {}

  /** After every epoch. */
  default void onEpoch(EpochResult result) {}

  /**
   * After all epochs, while the model has the last one's weights, or their average: before it gets
   * those that are kept.
   */
  default void onLast() {}
}
