package dev.teak.attacks;

import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * What an attack is after for each image of a batch: away from its label or, where there are
 * targets, into its target.
 *
 * @param labels true classes, INT32 {@code [N]}
 * @param targets classes to reach, INT32 {@code [N]}; null for any wrong one
 */
public record Aim(Tensor labels, Tensor targets) {
  /** Whether each image has a class to reach. */
  public boolean isTargeted() {
    return targets != null;
  }

  /** The same images with other targets. */
  public Aim at(Tensor others) {
    return new Aim(labels, others);
  }

  /** What is to be reached for some of the images. */
  public Aim rows(int... rows) {
    return new Aim(pick(labels, rows), isTargeted() ? pick(targets, rows) : null);
  }

  private static Tensor pick(Tensor ints, int... rows) {
    int[] all = ints.toInts();
    return Tensor.ofInts(Arrays.stream(rows).map(i -> all[i]).toArray(), rows.length);
  }

  /**
   * How far each image is past the goal, in logits, {@code [N]}: positive just where it is reached.
   * Differentiable. An infinite logit counts as the largest number, so that two of them are equal;
   * NaN where a logit is NaN.
   *
   * @param logits {@code [N, classes]}
   */
  public Tensor margin(Tensor logits) {
    Tensor own = isTargeted() ? targets : labels;
    Tensor z = logits.clip(-Float.MAX_VALUE, Float.MAX_VALUE);
    Tensor margin = Logits.largestExcept(z, own).sub(Logits.of(z, own));
    return isTargeted() ? margin.neg() : margin;
  }
}
