package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Outcomes.Outcome;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one attack leaves of a model's accuracy. All images are the denominator: one that is wrong
 * without any attack counts as not robust. Only where the goal is a class, its success is a share
 * of the images that are not of that class: the others are there without an attack.
 *
 * @param images number of images
 * @param cleanAccuracy share classified correctly as they are
 * @param robustAccuracy share classified correctly as they are and, after the attack, correctly or
 *     rejected
 * @param aimed images for which the goal is another class than their own; all, if it is any wrong
 *     one
 * @param successRate share of those aimed for which the attack reached its goal; NaN of none
 * @param maxLinf largest change of any pixel, in double precision
 * @param maxL2 largest L2 change of any image
 * @param meanL2 mean L2 change over all images
 * @param medianDistance median over those aimed of the change in the threat model's norm, one whose
 *     goal was not reached counting as infinite; NaN of none
 * @param zeroGradients images that gave a gradient of zero at least once, and never a NaN
 * @param nanGradients images that gave a NaN in a gradient, which counted as zero, at least once
 * @param rejected images that are rejected as they are, and so count as wrong: false alarms of a
 *     detector; 0 where the model rejects none
 * @param nanLogits images with a NaN for a logit, as they are or attacked: they count as wrong, and
 *     as no success of the attack
 * @param gradients gradients taken, an image at a time
 * @param forwards forward passes, an image at a time
 * @param seconds wall time of attacking and judging
 */
public record Robustness(
    int images,
    double cleanAccuracy,
    double robustAccuracy,
    int aimed,
    double successRate,
    double maxLinf,
    double maxL2,
    double meanL2,
    double medianDistance,
    int zeroGradients,
    int nanGradients,
    int rejected,
    int nanLogits,
    long gradients,
    long forwards,
    double seconds) {

  /**
   * Attacks a set of images, batch by batch.
   *
   * @param examples images in the threat model's range, and their true classes
   * @param batch images at a time
   * @param progress told the number of images done after each batch
   */
  public static Robustness of(
      Module model, Attack attack, Examples examples, int batch, Progress progress) {
    return of(new Subject(Victim.of(model), examples, batch, Journal.NONE, progress), attack);
  }

  /** Attacks all images of a subject. */
  public static Robustness of(Subject subject, Attack attack) {
    long start = System.nanoTime();
    int[] predictions = subject.predictions();
    boolean[] right = subject.right(predictions);
    boolean[] all = new boolean[right.length];
    Arrays.fill(all, true);
    Outcomes made = subject.attack(attack, all);
    double n = subject.size();
    int[] labels = subject.examples().labels();
    List<Outcome> aimed =
        made.images().stream().filter(o -> attack.goal().isAway(labels[o.image()])).toList();
    return new Robustness(
        subject.size(),
        Evaluation.count(right) / n,
        Evaluation.count(subject.standing(made, right)) / n,
        aimed.size(),
        aimed.stream().filter(Outcome::success).count() / (double) aimed.size(),
        largest(made, Outcome::linf),
        largest(made, Outcome::l2),
        made.images().stream().mapToDouble(Outcome::l2).sum() / n,
        median(aimed.stream().mapToDouble(Outcome::distance).sorted().toArray()),
        made.zeroGradients(),
        made.nanGradients(),
        Subject.rejected(predictions),
        Subject.nanLogits(predictions, List.of(made)),
        made.gradients(),
        made.forwards(),
        (System.nanoTime() - start) * 1e-9);
  }

  private static double median(double... sorted) {
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  private static double largest(Outcomes made, ToDoubleFunction<Outcome> of) {
    return made.images().stream().mapToDouble(of).max().orElse(0);
  }
}
