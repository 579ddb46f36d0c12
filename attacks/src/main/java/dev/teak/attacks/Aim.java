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
  /**
   * What rounding may do to a logit, as a share of the largest: 64 roundings of float32. Another
   * implementation adds in another order, and a sum of some thousand products through a dozen
   * layers comes out by a few of these apart.
   */
  private static final double ROUNDING = 0x1p-18;

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
   * How far each image is past the goal, in logits, {@code [N]}: positive just where it is reached,
   * {@link #needed} where it is so for sure. Differentiable. An infinite logit counts as the
   * largest number, so that two of them are equal; NaN where a logit is NaN.
   *
   * @param logits {@code [N, classes]}
   */
  public Tensor margin(Tensor logits) {
    Tensor own = isTargeted() ? targets : labels;
    Tensor z = logits.clip(-Float.MAX_VALUE, Float.MAX_VALUE);
    Tensor margin = Logits.largestExcept(z, own).sub(Logits.of(z, own));
    return isTargeted() ? margin.neg() : margin;
  }

  /**
   * The margin at which each goal counts as reached, {@code [N]}, above 0: the confidence asked
   * for, or what rounding may do to the logits if that is more. So a success is one for whoever
   * computes the same logits in another way, and two equal logits are none.
   *
   * @param logits {@code [N, classes]}, without a graph
   */
  public Tensor needed(Tensor logits, double confidence) {
    Tensor largest = logits.abs().minimum(Float.MAX_VALUE).max(1);
    return largest.mul(ROUNDING).maximum(Math.max(confidence, Float.MIN_NORMAL));
  }

  /** The margin less what is {@link #needed}, {@code [N]}: 0 or more just where that is success. */
  public Tensor excess(Tensor logits, double confidence) {
    return margin(logits).sub(needed(logits, confidence));
  }
}
