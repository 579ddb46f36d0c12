package dev.teak.attacks;

import dev.teak.engine.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * What an attack is after: any wrong class, one class for all images, or for each image the wrong
 * class of a rank by the model's logits of the clean image.
 *
 * @param kind which of these
 * @param number the class, or the rank: 1 is the most likely wrong class, 0 the least likely
 */
public record Goal(Kind kind, int number) {
  /** What decides whether an attack succeeded. */
  public enum Kind {
    UNTARGETED,
    CLASS,
    RANK
  }

  /** Any wrong class. */
  public static final Goal UNTARGETED = new Goal(Kind.UNTARGETED, 0);

  /** The class the model finds least likely (Kurakin et al. 2016, section 2.3). */
  public static final Goal LEAST_LIKELY = new Goal(Kind.RANK, 0);

  /** Rejects a negative number. */
  public Goal {
    if (number < 0) {
      throw new IllegalArgumentException("target class " + number + ": must be 0 or more");
    }
  }

  /** This class, 0 or above. */
  public static Goal targeted(int target) {
    return new Goal(Kind.CLASS, target);
  }

  /** The wrong class that is k-th most likely, k from 1. */
  public static Goal likely(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("target of rank " + k + ": ranks begin at 1");
    }
    return new Goal(Kind.RANK, k);
  }

  /** Whether a class is to be reached, not just left. */
  public boolean isTargeted() {
    return kind != Kind.UNTARGETED;
  }

  /**
   * Whether the goal is another class than this, which an image has: else nothing is to be done.
   */
  public boolean isAway(int label) {
    return kind != Kind.CLASS || number != label;
  }

  /**
   * The goal for each image of a batch; no image is to be rejected.
   *
   * @throws IllegalArgumentException if the model has no such class
   */
  Aim aim(Victim victim, Tensor images, Tensor labels) {
    Aim away = new Aim(labels, null, victim.rejects());
    if (!isTargeted()) {
      return away;
    }
    Tensor logits = away.merged(victim.logits(images));
    int classes = logits.shape().dim(1);
    if (kind == Kind.RANK) {
      int rank = number == 0 ? classes - 1 : number;
      return away.at(Logits.likely(logits, labels.toInts(), rank));
    }
    if (number >= classes) {
      throw new IllegalArgumentException(
          "target class " + number + " is outside 0.." + (classes - 1));
    }
    int[] targets = new int[images.shape().dim(0)];
    Arrays.fill(targets, number);
    return away.at(Tensor.ofInts(targets, targets.length));
  }

  @Override
  public String toString() {
    if (kind == Kind.CLASS) {
      return "targeted at " + number;
    }
    return this.equals(LEAST_LIKELY)
        ? "targeted at the least likely"
        : kind.name().toLowerCase(Locale.ROOT) + (isTargeted() ? " " + number : "");
  }
}
