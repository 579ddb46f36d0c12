package dev.teak.nn.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How an epoch went.
 *
 * @param epoch from 1
 * @param figures by name: {@code loss}, the mean over the images trained on; {@code train_accuracy}
 *     of them, before their step, where there are classes; then what the judges say of the
 *     validation images ({@link Judge}), and what the training's hooks say
 * @param seconds wall time, of all the parts if it was resumed
 */
public record EpochResult(int epoch, Map<String, Double> figures, double seconds) {
  static final String LOSS = "loss";
  static final String TRAIN_ACCURACY = "train_accuracy";

  /** Takes a copy, in the order given. */
  public EpochResult {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  private double figure(String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  /** Mean over the images trained on. */
  public double loss() {
    return figure(LOSS);
  }

  /** Share right on the batches as they were trained on, before their step; NaN without classes. */
  public double trainAccuracy() {
    return figure(TRAIN_ACCURACY);
  }

  /** Share right afterwards on the examples held back; NaN without such examples, or classes. */
  public double validationAccuracy() {
    return figure(Judge.VALIDATION_ACCURACY);
  }
}
