package dev.teak.nn.train;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Arrays;
import java.util.Map;

/**
 * Says after every epoch how good a model is, in named figures. The model is in eval mode, and may
 * be attacked: its modes are restored, and gradients left in it count for nothing.
 */
@FunctionalInterface
public interface Judge {
  /** What a classifier's judge says. */
  String VALIDATION_ACCURACY = "validation_accuracy";

  /** What the judge of any other model says. */
  String VALIDATION_LOSS = "validation_loss";

  /**
   * Figures of the model by name; what is named {@code ...loss} is better where it is smaller.
   *
   * @param validation one or more
   */
  Map<String, Double> judge(Module model, Examples validation);

  /** The share of images classified right. */
  static Judge accuracy() {
    return (model, validation) -> Map.of(VALIDATION_ACCURACY, Evaluate.accuracy(model, validation));
  }

  /** The mean of an objective over the images. */
  static Judge loss(Objective objective, Step step) {
    return (model, validation) -> {
      int[] order = new int[validation.size()];
      Arrays.setAll(order, i -> i);
      double sum = 0;
      try (Autograd.Mode plain = Autograd.noGrad()) {
        int to;
        for (int from = 0; from < order.length; from = to) {
          to = from + Math.min(Evaluate.BATCH, order.length - from);
          try (Scope scope = Scope.open()) {
            Tensor loss = objective.of(model, validation.batch(order, from, to), step).loss();
            sum += loss.item() * (to - from);
          }
        }
      }
      return Map.of(VALIDATION_LOSS, sum / order.length);
    };
  }
}
