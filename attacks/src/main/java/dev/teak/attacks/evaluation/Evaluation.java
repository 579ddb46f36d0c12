package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.blackbox.Square;
import dev.teak.attacks.evaluation.Report.Line;
import dev.teak.attacks.evaluation.Report.Point;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.Fab;
import dev.teak.attacks.minimum.Fmn;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model's robustness is measured: several attacks, of which for each image the worst counts,
 * and the checks that tell whether the figure can be trusted. An image that is wrong without any
 * attack counts as not robust. A model that answers at random is evaluated through {@link
 * dev.teak.attacks.adaptive.Eot#mean}.
 *
 * @param protocol its name: quick, standard, autoattack, or one's own
 * @param threat the bound
 * @param attacks in their order
 * @param cascade whether each attack runs only on what still stands, else on all that is right
 *     without any, so that each has an accuracy of its own
 * @param shares of epsilon at which the curve is measured
 * @param checked the first so many images serve for curve and checks; 0 for neither
 * @param seed of the curve's and the checks' own attacks
 */
public record Evaluation(
    String protocol,
    ThreatModel threat,
    List<Attack> attacks,
    boolean cascade,
    List<Double> shares,
    int checked,
    long seed) {
  /** The protocols by name. */
  public static final List<String> PROTOCOLS = List.of("standard", "autoattack", "quick");

  private static final List<Double> SHARES = List.of(0.25, 0.5, 0.75, 1.0, 1.25);
  private static final int CHECKED = 200;
  private static final int FEW = 100;

  /** Rejects an infinite epsilon and an empty list of attacks. */
  public Evaluation {
    if (!threat.isBounded()) {
      throw new IllegalArgumentException("evaluation: needs a finite epsilon: " + threat);
    }
    if (attacks.isEmpty() || checked < 0) {
      throw new IllegalArgumentException(
          "evaluation: needs an attack, and 0 or more images to check: " + checked);
    }
    attacks = List.copyOf(attacks);
    shares = List.copyOf(shares);
  }

  /**
   * A protocol by name.
   *
   * @param classes the model's: with few of them some losses are not defined
   */
  public static Evaluation byName(String protocol, ThreatModel threat, int classes, long seed) {
    return switch (protocol) {
      case "quick" -> quick(threat, seed);
      case "standard" -> standard(threat, classes, seed);
      case "autoattack" -> autoattack(threat, classes, seed);
      default ->
          throw new IllegalArgumentException(
              "there is no protocol '" + protocol + "'; the protocols are " + PROTOCOLS);
    };
  }

  /** FGSM and PGD with 40 steps: a first look, not a claim. */
  public static Evaluation quick(ThreatModel threat, long seed) {
    List<Attack> attacks = List.of(Fgsm.of(threat), Pgd.of(threat).seed(seed));
    return new Evaluation("quick", threat, attacks, false, SHARES, FEW, seed);
  }

  /** PGD on two losses, APGD on two, FMN and Square, each on all images. */
  public static Evaluation standard(ThreatModel threat, int classes, long seed) {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(Fgsm.of(threat));
    attacks.add(Pgd.of(threat).seed(seed).restarts(5));
    attacks.add(Pgd.of(threat).seed(seed).loss(Loss.MARGIN));
    if (hasApgd(threat)) {
      attacks.add(Apgd.ce(threat).seed(seed));
      attacks.add(apgdBesideCe(threat, classes, seed));
    }
    attacks.add(Fmn.of(threat));
    if (hasApgd(threat)) {
      attacks.add(Square.of(threat).queries(1000).seed(seed));
    }
    return new Evaluation("standard", threat, attacks, false, SHARES, CHECKED, seed);
  }

  /**
   * The standard version of {@link AutoAttack}; of fewer than four classes, for which the targeted
   * difference of logits ratio is not defined, with APGD on the margin in its place.
   */
  public static Evaluation autoattack(ThreatModel threat, int classes, long seed) {
    List<Attack> attacks =
        classes >= 4
            ? AutoAttack.standard(threat, seed).attacks()
            : List.of(
                Apgd.ce(threat).seed(seed),
                apgdBesideCe(threat, classes, seed),
                Fab.targeted(threat).seed(seed),
                Square.of(threat).seed(seed));
    return new Evaluation("autoattack", threat, attacks, true, SHARES, CHECKED, seed);
  }

  private static boolean hasApgd(ThreatModel threat) {
    return threat.norm() == Norm.LINF || threat.norm() == Norm.L2;
  }

  private static Apgd apgdBesideCe(ThreatModel threat, int classes, long seed) {
    Apgd dlr = Apgd.dlr(threat).seed(seed);
    return classes >= 3 ? dlr : dlr.loss(Loss.MARGIN);
  }

  /** With curve and checks on another number of images. */
  public Evaluation checked(int images) {
    return new Evaluation(protocol, threat, attacks, cascade, shares, images, seed);
  }

  /** Evaluates. */
  public Report run(Subject subject) {
    return run(subject, List.of());
  }

  /**
   * Evaluates.
   *
   * @param sources other models of the same classes, whose adversarial images are tried as well in
   *     the checks
   */
  public Report run(Subject subject, List<Victim> sources) {
    long start = System.nanoTime();
    double n = subject.size();
    int[] predictions = subject.predictions();
    boolean[] right = subject.right(predictions);
    boolean[] standing = right.clone();
    boolean[] byGradients = right.clone();
    List<Line> lines = new ArrayList<>();
    List<Outcomes> outcomes = new ArrayList<>();
    for (Attack attack : attacks) {
      Outcomes made = subject.attack(attack, cascade ? standing : right);
      outcomes.add(made);
      boolean[] left = subject.standing(made, cascade ? standing : right);
      lines.add(
          new Line(
              attack.name(), count(left) / n, made.seconds(), made.gradients(), made.forwards()));
      and(standing, left);
      if (made.gradients() > 0) {
        and(byGradients, left);
      }
    }
    List<Point> curve = List.of();
    List<Check> checks = List.of();
    if (checked > 0) {
      Checks few = new Checks(subject.first(checked), threat, seed, byGradients, standing, sources);
      curve = few.curve(shares);
      checks = few.all(curve);
    }
    return new Report(
        protocol,
        threat,
        subject.size(),
        count(right) / n,
        count(standing) / n,
        Report.Interval.of(count(standing), subject.size()),
        Subject.rejected(predictions),
        Subject.nanLogits(predictions, outcomes),
        lines,
        curve,
        checks,
        right,
        standing,
        (System.nanoTime() - start) * 1e-9);
  }

  private static void and(boolean[] all, boolean... left) {
    for (int i = 0; i < all.length; i++) {
      all[i] &= left[i];
    }
  }

  static int count(boolean... marked) {
    int count = 0;
    for (boolean mark : marked) {
      count += mark ? 1 : 0;
    }
    return count;
  }
}
