package dev.teak.attacks.evaluation;

import java.util.Optional;

/**
 * Tells a model that answers with probabilities from one that gives logits, before it is attacked:
 * attacks take the softmax of its answers themselves, and of a softmax's softmax the gradient all
 * but vanishes wherever the model is sure, so that it looks more robust than it is.
 */
public final class Probabilities {
  /** Of an addition of floats in 0..1, with as much again for the softmax itself. */
  private static final double ROUNDING = 0x1p-22;

  private Probabilities() {}

  /**
   * A warning, in a sentence, if all answers are probabilities: numbers in 0..1 that sum to one but
   * for rounding.
   *
   * @param logits answers of a model to some images, {@code [images][classes]}, as of {@link
   *     Subject#logits}
   */
  public static Optional<String> warning(float[][] logits) {
    for (float[] answer : logits) {
      if (!isDistribution(answer)) {
        return Optional.empty();
      }
    }
    return logits.length == 0
        ? Optional.empty()
        : Optional.of(
            "the model answers all "
                + logits.length
                + " images with numbers in 0..1 that sum to one, as a softmax gives them; attacks"
                + " expect logits and find too little behind it, so take the softmax off");
  }

  private static boolean isDistribution(float... answer) {
    double sum = 0;
    for (float p : answer) {
      if (!(p >= 0 && p <= 1)) { // a NaN is none
        return false;
      }
      sum += p;
    }
    return Math.abs(sum - 1) <= answer.length * ROUNDING;
  }
}
