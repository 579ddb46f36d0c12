package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an epoch has come to so far. Images count as they were trained on, and losses by the images
 * of their batch.
 *
 * @param lossSum sum of losses over the images
 * @param trained images trained on
 * @param right images classified correctly
 * @param classified images that were classified at all
 */
record Tally(double lossSum, long trained, long right, long classified) {
  static final Tally NONE = new Tally(0, 0, 0, 0);

  /**
   * With one more batch.
   *
   * @param logits null where the model tells no classes apart
   * @param loss mean over the batch
   */
  Tally plus(Batch batch, Tensor logits, double loss) {
    int n = batch.images().shape().dim(0);
    double sum = lossSum + loss * n;
    if (logits == null) {
      return new Tally(sum, trained + n, right, classified);
    }
    int[] predicted = logits.argMax(1).toInts();
    int[] labels = batch.labels().toInts();
    long more = 0;
    for (int i = 0; i < labels.length; i++) {
      more += predicted[i] == labels[i] ? 1 : 0;
    }
    return new Tally(sum, trained + n, right + more, classified + labels.length);
  }

  /** Mean over the images. */
  double loss() {
    return lossSum / trained;
  }

  Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(EpochResult.LOSS, loss());
    if (classified > 0) {
      figures.put(EpochResult.TRAIN_ACCURACY, (double) right / classified);
    }
    return figures;
  }
}
