package dev.teak.defenses;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import java.util.Arrays;

/**
 * A defense that tells attacked images from others by a score beside the logits: above a threshold
 * they count as attacked. Whoever knows of it attacks {@link Detector#over}.
 */
public interface DetectorDefense extends Defense {
  /** Share of the training examples that are taken for attacked, 0..1. */
  double falsePositiveRate();

  /**
   * Its score, learned from the training examples where it must learn.
   *
   * @param trainee has the trained model, in eval mode
   */
  Score score(Trainee trainee, Examples train);

  /** A score of images. */
  @FunctionalInterface
  interface Score {
    /** {@code [N]} of images {@code [N, H, W, C]}, with a gradient where there is one. */
    Tensor of(Tensor images);
  }

  /** The score, and the threshold that so many of the training examples lie above. */
  default Detector fit(Trainee trainee, Examples train) {
    Module model = trainee.model();
    try (Module.Evaluating mode = model.evaluating()) {
      Score score = score(trainee, train);
      double[] scores = new double[train.size()];
      int[] order = new int[train.size()];
      Arrays.setAll(order, i -> i);
      try (Autograd.Mode plain = Autograd.noGrad()) {
        int to;
        for (int from = 0; from < order.length; from = to) {
          to = Math.min(order.length, from + Detector.BATCH);
          try (Scope scope = Scope.open()) {
            double[] some = score.of(train.batch(order, from, to).images()).toDoubles();
            System.arraycopy(some, 0, scores, from, some.length);
          }
        }
      }
      Arrays.sort(scores);
      int above = (int) Math.floor(falsePositiveRate() * scores.length);
      double threshold =
          above == scores.length ? Double.NEGATIVE_INFINITY : scores[scores.length - 1 - above];
      return new Detector(model, score, threshold);
    }
  }
}
