package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/**
 * What an attack is after: any wrong class, or one class in particular.
 *
 * @param target the class to reach; -1 for any but the true one
 */
public record Goal(int target) {
  /** Any wrong class. */
  public static final Goal UNTARGETED = new Goal(-1);

  /** This class, 0 or above. */
  public static Goal targeted(int target) {
    if (target < 0) {
      throw new IllegalArgumentException("target class " + target + ": must be 0 or more");
    }
    return new Goal(target);
  }

  /** Whether it names a class. */
  public boolean isTargeted() {
    return target >= 0;
  }

  /**
   * What the attack raises: cross-entropy of the truth, or minus that of the target, per sample.
   */
  Tensor objective(Tensor logits, Tensor labels) {
    if (!isTargeted()) {
      return Functional.crossEntropy(logits, labels);
    }
    int[] targets = new int[labels.shape().size()];
    java.util.Arrays.fill(targets, target);
    return Functional.crossEntropy(logits, Tensor.ofInts(targets, targets.length)).neg();
  }

  /** How far a sample is past the goal, in logits: positive just where the attack has succeeded. */
  double margin(float[] logits, int from, int classes, int label) {
    int own = isTargeted() ? target : label;
    double other = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      if (c != own) {
        other = Math.max(other, logits[from + c]);
      }
    }
    double margin = other - logits[from + own];
    return isTargeted() ? -margin : margin;
  }

  @Override
  public String toString() {
    return isTargeted() ? "targeted at " + target : "untargeted";
  }
}
