package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * What an attack is after for each image of a batch: away from its label or, where there are
 * targets, into its target. A model that rejects images is fooled by none that it rejects.
 *
 * @param labels true classes, INT32 {@code [N]}
 * @param targets classes to reach, INT32 {@code [N]}; null for any wrong one
 * @param rejects whether the last logit is no class but "rejected", as of {@link Victim#rejects}
 */
public record Aim(Tensor labels, Tensor targets, boolean rejects) {
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
    return new Aim(labels, others, rejects);
  }

  /** What is to be reached for some of the images. */
  public Aim rows(int... rows) {
    return new Aim(pick(labels, rows), isTargeted() ? pick(targets, rows) : null, rejects);
  }

  private static Tensor pick(Tensor ints, int... rows) {
    int[] all = ints.toInts();
    return Tensor.ofInts(Arrays.stream(rows).map(i -> all[i]).toArray(), rows.length);
  }

  /**
   * The logits of the classes alone, {@code [N, classes]}, being rejected counted as being right:
   * the label's logit is the larger of its own and that of "rejected". So whatever goes from the
   * label to another class goes past the rejection too. Differentiable; the logits themselves where
   * nothing is rejected.
   *
   * @param logits {@code [N, classes]}, or {@code [N, classes + 1]} where some are rejected
   */
  public Tensor merged(Tensor logits) {
    if (!rejects) {
      return logits;
    }
    int classes = logits.shape().dim(1) - 1;
    Tensor z = logits.slice(1, 0, classes, 1);
    Tensor rejected = logits.slice(1, classes, classes + 1, 1); // [N, 1]
    return Functional.oneHot(labels, classes).where(z.maximum(rejected), z);
  }

  /**
   * How far the logit of a wrong class is above that of the label, {@link #merged}, for each image,
   * {@code [N]}. Differentiable.
   *
   * @param classes INT32 {@code [N]}
   */
  public Tensor above(Tensor logits, Tensor classes) {
    Tensor z = merged(logits);
    return Logits.of(z, classes).sub(Logits.of(z, labels));
  }

  /**
   * How far each image is past the goal, in logits, {@code [N]}: positive just where it is reached,
   * {@link #needed} where it is so for sure. Differentiable. An infinite logit counts as the
   * largest number, so that two of them are equal; NaN where a logit is NaN.
   *
   * @param logits {@code [N, classes]}, with "rejected" behind them where some are
   */
  public Tensor margin(Tensor logits) {
    Tensor own = isTargeted() ? targets : labels;
    Tensor all = isTargeted() ? logits : merged(logits);
    Tensor z = all.clip(-Float.MAX_VALUE, Float.MAX_VALUE);
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
