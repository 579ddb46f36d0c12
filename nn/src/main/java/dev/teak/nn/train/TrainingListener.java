package dev.teak.nn.train;

/** Is told how a training goes. */
public interface TrainingListener {
  /** Tells nobody. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Before the first batch of a training that goes on from a checkpoint.
   *
   * @param epochs that are done
   * @param batches of the next epoch that are done
   */
  default void onResume(int epochs, int batches) {}

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
   * How an epoch went.
   *
   * @param epoch from 1
   * @param loss mean over its examples
   * @param trainAccuracy share right on the batches as they were trained on, before their step
   * @param validationAccuracy share right afterwards on the examples held back; NaN where none are
   * @param seconds wall time, of all the parts if it was resumed
   */
  record EpochResult(
      int epoch, double loss, double trainAccuracy, double validationAccuracy, double seconds) {}
}
