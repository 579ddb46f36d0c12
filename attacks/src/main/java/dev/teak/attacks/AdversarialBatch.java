package dev.teak.attacks;

import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * What an attack made of a batch of N images. The tensor belongs to the scope open around the
 * attack.
 *
 * @param images {@code [N, H, W, C]}, within the threat model; where the goal was not reached, what
 *     came nearest to it, or the image itself
 * @param predictions the model's class for each, on the images as they are stored; as of {@link
 *     Victim#prediction}
 * @param success whether the goal was reached, for each, by a margin of the logits above their
 *     rounding ({@link Aim#needed}); a prediction may differ from the label by less
 * @param distances how far each was changed, in the threat model's norm; infinite where the goal
 *     was not reached
 * @param smallestGradients the largest entry of the smallest gradient taken of each image: 0 is a
 *     sign of a masked gradient; NaN where one had a NaN, which counted as zero; infinite where
 *     none was taken
 * @param gradients gradients that were taken, an image at a time
 * @param forwards forward passes, an image at a time, those for gradients included
 */
@SuppressWarnings("ArrayRecordComponent") // a result, never compared
public record AdversarialBatch(
    Tensor images,
    int[] predictions,
    boolean[] success,
    double[] distances,
    double[] smallestGradients,
    long gradients,
    long forwards) {

  /** Images that gave no gradient at all at least once, and never a NaN. */
  public int zeroGradients() {
    return (int) Arrays.stream(smallestGradients).filter(g -> g == 0).count();
  }

  /** Images that gave a NaN in a gradient at least once. */
  public int nanGradients() {
    return (int) Arrays.stream(smallestGradients).filter(Double::isNaN).count();
  }

  /**
   * The share of the batch whose goal is reached by a change of at most epsilon. Where the goal is
   * a class, images of that class count as reached: leave them out of the batch, as {@link
   * dev.teak.attacks.evaluation.Robustness} does, for the rate at which others are brought there.
   */
  public double successRate(double epsilon) {
    return (double) Arrays.stream(distances).filter(d -> d <= epsilon).count() / distances.length;
  }
}
