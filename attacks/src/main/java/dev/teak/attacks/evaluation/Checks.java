package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.blackbox.RandomNoise;
import dev.teak.attacks.blackbox.Square;
import dev.teak.attacks.blackbox.Transfer;
import dev.teak.attacks.evaluation.Report.Point;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The ten checks of an evaluation, on some of its images. All measure accuracy as a share of these
 * images; limits in points are of the issue they stand for: a model without masking passes them, up
 * to the chance of a few images.
 */
final class Checks {
  private static final double POINT = 0.01;
  private static final int QUERIES = 1000;
  private static final int DRAWS = 200;
  private static final int FORWARDS = 5;

  private final Subject subject;
  private final ThreatModel threat;
  private final long seed;
  private final boolean[] right;
  private final boolean[] byGradients;
  private final boolean[] standing;
  private final List<Victim> sources;
  private final Pgd pgd;
  private final Outcomes plain;
  private final double plainAccuracy;

  /**
   * The checks of an evaluation.
   *
   * @param byGradients which images the evaluation's attacks with gradients left
   * @param standing which all of its attacks left
   */
  Checks(
      Subject subject,
      ThreatModel threat,
      long seed,
      boolean[] byGradients,
      boolean[] standing,
      List<Victim> sources) {
    this.subject = subject;
    this.threat = threat;
    this.seed = seed;
    this.right = subject.right();
    this.byGradients = Arrays.copyOf(byGradients, subject.size());
    this.standing = Arrays.copyOf(standing, subject.size());
    this.sources = sources;
    this.pgd = Pgd.of(threat).seed(seed);
    this.plain = subject.attack(pgd, right);
    this.plainAccuracy = share(subject.standing(plain, right));
  }

  private double share(boolean... marked) {
    return (double) Evaluation.count(marked) / subject.size();
  }

  private int classes() {
    return subject.first(1).logits()[0].length - (subject.victim().rejects() ? 1 : 0);
  }

  private double accuracy(Attack attack) {
    return share(subject.standing(subject.attack(attack, right), right));
  }

  /** The accuracy under PGD at these shares of epsilon. */
  List<Point> curve(List<Double> shares) {
    List<Point> curve = new ArrayList<>();
    curve.add(new Point(0, share(right)));
    for (double share : shares) {
      double epsilon = share * threat.epsilon();
      Pgd at = Pgd.of(threat.withEpsilon(epsilon)).seed(seed);
      curve.add(new Point(epsilon, accuracy(at)));
    }
    return curve;
  }

  List<Check> all(List<Point> curve) {
    return List.of(
        lostGradients(),
        randomness(),
        singleStep(),
        unbounded(),
        monotone(curve),
        convergence(),
        blackBox(),
        noise(),
        scale(),
        losses());
  }

  private Check lostGradients() {
    double lost =
        (double) (plain.zeroGradients() + plain.nanGradients())
            / Math.max(1, plain.images().size());
    return new Check(
        1, "zero or NaN gradients", lost, POINT, "share of images that lost their gradient in PGD");
  }

  private Check randomness() {
    float[][] first = subject.logits();
    double largest = 0;
    double apart = 0;
    for (int k = 1; k < FORWARDS; k++) {
      float[][] again = subject.logits();
      for (int i = 0; i < first.length; i++) {
        for (int c = 0; c < first[i].length; c++) {
          apart = Math.max(apart, Math.abs((double) again[i][c] - first[i][c]));
          largest = Math.max(largest, Math.abs(first[i][c]));
        }
      }
    }
    return new Check(
        2,
        "randomness between identical forwards",
        apart / Math.max(largest, Float.MIN_NORMAL),
        1e-5,
        "largest change of a logit, as a share of the largest; take --eot where there is any");
  }

  private Check singleStep() {
    return new Check(
        3,
        "FGSM stronger than PGD",
        plainAccuracy - accuracy(Fgsm.of(threat)),
        POINT / 2,
        "accuracy under PGD less that under FGSM");
  }

  private Check unbounded() {
    int pixels = subject.examples().image().size();
    ThreatModel all = threat.withEpsilon(threat.widest(pixels));
    double chance = 1.0 / classes();
    return new Check(
        4,
        "unbounded attack not reaching chance",
        accuracy(Pgd.of(all).seed(seed)),
        chance,
        "accuracy under PGD with the whole range; chance is " + chance);
  }

  private static Check monotone(List<Point> curve) {
    double rise = 0;
    for (int i = 1; i < curve.size(); i++) {
      rise = Math.max(rise, curve.get(i).robustAccuracy() - curve.get(i - 1).robustAccuracy());
    }
    return new Check(
        5,
        "success falling as eps grows",
        rise,
        POINT / 2,
        "largest rise of accuracy on the curve");
  }

  /** Of what the evaluation left: had it not converged, more of the same would break more. */
  private Check convergence() {
    boolean[] twice = standing.clone();
    Pgd longer = pgd.steps(2 * pgd.steps()).seed(seed + 1);
    double steps = share(standing) - share(subject.standing(subject.attack(longer, twice), twice));
    Pgd again = pgd.restarts(2).seed(seed + 2);
    double restarts =
        share(standing) - share(subject.standing(subject.attack(again, twice), twice));
    return new Check(
        6,
        "gains from doubling steps or restarts",
        Math.max(steps, restarts),
        POINT / 2,
        String.format(
            Locale.ROOT, "of what stands, steps break %.4f and restarts %.4f", steps, restarts));
  }

  private Check blackBox() {
    boolean[] left = byGradients.clone();
    for (int i = 0; i < left.length; i++) {
      left[i] &= standing[i];
    }
    for (Attack attack : withoutGradients()) {
      left = subject.standing(subject.attack(attack, left), left);
    }
    return new Check(
        7,
        "Square or transfer beating white-box",
        share(byGradients) - share(left),
        POINT,
        "share of images that only attacks without this model's gradients break");
  }

  private List<Attack> withoutGradients() {
    List<Attack> attacks = new ArrayList<>();
    if (threat.norm() == Norm.LINF || threat.norm() == Norm.L2) {
      attacks.add(Square.of(threat).queries(QUERIES).seed(seed));
    }
    if (!sources.isEmpty()) {
      attacks.add(new Transfer(pgd, sources));
    }
    return attacks;
  }

  private Check noise() {
    RandomNoise noise = RandomNoise.of(threat).draws(DRAWS).seed(seed);
    boolean[] left = subject.standing(subject.attack(noise, byGradients), byGradients);
    return new Check(
        8,
        "noise finding what gradients missed",
        share(byGradients) - share(left),
        0,
        "share of images that " + DRAWS + " random points break and no gradient did");
  }

  /**
   * Only what a scale gains counts: at 100 the cross-entropy of any model is flat in floats where
   * it is sure, which speaks against no model.
   */
  private Check scale() {
    double small = accuracy(pgd.loss(Loss.CROSS_ENTROPY.scaled(0.01)));
    double large = accuracy(pgd.loss(Loss.CROSS_ENTROPY.scaled(100)));
    return new Check(
        9,
        "scaled logits changing accuracy",
        plainAccuracy - Math.min(small, large),
        2 * POINT,
        String.format(
            Locale.ROOT,
            "accuracy is %.4f at 0.01, %.4f at 1, %.4f at 100; what a scale gains",
            small,
            plainAccuracy,
            large));
  }

  private Check losses() {
    List<Double> accuracies =
        new ArrayList<>(List.of(plainAccuracy, accuracy(pgd.loss(Loss.MARGIN))));
    if (classes() >= 3) {
      accuracies.add(accuracy(pgd.loss(Loss.DLR)));
    }
    double most = accuracies.stream().mapToDouble(a -> a).max().orElseThrow();
    double least = accuracies.stream().mapToDouble(a -> a).min().orElseThrow();
    return new Check(
        10,
        "cross-entropy, margin and DLR apart",
        most - least,
        2 * POINT,
        "accuracies under PGD " + accuracies);
  }
}
