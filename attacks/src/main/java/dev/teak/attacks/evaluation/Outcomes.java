package dev.teak.attacks.evaluation;

import dev.teak.nn.train.Evaluate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an attack did to some images of a data set.
 *
 * @param images one by one
 * @param gradients gradients taken, an image at a time
 * @param forwards forward passes, an image at a time
 * @param seconds wall time
 */
public record Outcomes(List<Outcome> images, long gradients, long forwards, double seconds) {
  /**
   * What became of one image.
   *
   * @param image its number in the data set
   * @param prediction the model's class, attacked, as of {@link dev.teak.attacks.Victim#prediction}
   * @param success whether the attack's goal was reached
   * @param distance change in the threat model's norm; infinite where the goal was not reached
   * @param linf largest change of a pixel, reached or not
   * @param l2 Euclidean length of the change, reached or not
   * @param smallestGradient as of {@link dev.teak.attacks.AdversarialBatch}
   */
  public record Outcome(
      int image,
      int prediction,
      boolean success,
      double distance,
      double linf,
      double l2,
      double smallestGradient) {
    /** Rejects what no attack can give. */
    public Outcome {
      if (image < 0 || prediction < Evaluate.REJECTED) {
        throw new IllegalArgumentException("image " + image + " with the class " + prediction);
      }
      if (success && Double.isInfinite(distance) || distance < 0 || linf < 0 || l2 < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "image %d at a distance of %s, by %s and %s",
                image,
                distance,
                linf,
                l2));
      }
    }
  }

  /** Takes a copy; rejects negative counts, and an image twice. */
  public Outcomes {
    images = List.copyOf(images);
    if (gradients < 0 || forwards < 0 || seconds < 0) {
      throw new IllegalArgumentException(
          gradients + " gradients, " + forwards + " forward passes in " + seconds + " s");
    }
    if (images.stream().mapToInt(Outcome::image).distinct().count() < images.size()) {
      throw new IllegalArgumentException("an image stands there twice");
    }
  }

  /** Of no image. */
  static final Outcomes NONE = new Outcomes(List.of(), 0, 0, 0);

  /** These and others. */
  Outcomes and(Outcomes others) {
    List<Outcome> all = new ArrayList<>(images);
    all.addAll(others.images);
    return new Outcomes(
        all, gradients + others.gradients, forwards + others.forwards, seconds + others.seconds);
  }

  /** Images that gave a gradient of 0 at least once, and never a NaN. */
  public int zeroGradients() {
    return (int) images.stream().filter(o -> o.smallestGradient == 0).count();
  }

  /** Images that gave a NaN in a gradient at least once. */
  public int nanGradients() {
    return (int) images.stream().filter(o -> Double.isNaN(o.smallestGradient)).count();
  }
}
