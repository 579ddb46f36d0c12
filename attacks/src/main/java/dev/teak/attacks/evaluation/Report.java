package dev.teak.attacks.evaluation;

import dev.teak.attacks.ThreatModel;
import java.util.List;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * What an evaluation found. Shares are of all images.
 *
 * @param protocol which was followed
 * @param threat the bound
 * @param images how many
 * @param cleanAccuracy share right as they are
 * @param robustAccuracy share right as they are that no attack made wrong; where the model rejects
 *     images, an attacked one that is rejected counts as held
 * @param interval of the robust accuracy
 * @param rejected images that are rejected as they are, and so count as wrong: false alarms of a
 *     detector; 0 where the model rejects none
 * @param nanLogits images with a NaN for a logit, as they are or attacked: they count as wrong
 * @param attacks each with what it left
 * @param curve accuracy over epsilon under PGD, of the images checked
 * @param checks whether the figure can be trusted
 * @param right which images are right as they are
 * @param standing which no attack made wrong
 * @param seconds wall time
 */
@SuppressWarnings("ArrayRecordComponent") // a result, never compared
public record Report(
    String protocol,
    ThreatModel threat,
    int images,
    double cleanAccuracy,
    double robustAccuracy,
    Interval interval,
    int rejected,
    int nanLogits,
    List<Line> attacks,
    List<Point> curve,
    List<Check> checks,
    boolean[] right,
    boolean[] standing,
    double seconds) {

  /**
   * What an attack left.
   *
   * @param name of the attack
   * @param robustAccuracy share of all images right after it; in a cascade, after it and all before
   * @param seconds wall time
   * @param gradients taken, an image at a time
   * @param forwards forward passes, an image at a time
   */
  public record Line(
      String name, double robustAccuracy, double seconds, long gradients, long forwards) {}

  /** The accuracy at an epsilon. */
  public record Point(double epsilon, double robustAccuracy) {}

  /** Within which a share lies with a confidence of 95%, by Wilson's score. */
  public record Interval(double low, double high) {
    private static final double CONFIDENCE = 0.95;

    /** Of so many successes in so many trials, 1 or more. */
    public static Interval of(int successes, int trials) {
      ConfidenceInterval c =
          new WilsonScoreInterval().createInterval(trials, successes, CONFIDENCE);
      // At the ends the bounds are 0 and 1 themselves, which rounding misses by a hair.
      return new Interval(
          successes == 0 ? 0 : c.getLowerBound(), successes == trials ? 1 : c.getUpperBound());
    }
  }

  /** Whether no check found a sign of masked gradients. */
  public boolean isTrusted() {
    return checks.stream().allMatch(Check::passed);
  }
}
