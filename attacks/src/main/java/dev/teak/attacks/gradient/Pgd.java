package dev.teak.attacks.gradient;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Tensor;

/**
 * Projected gradient descent (Madry et al., "Towards deep learning models resistant to adversarial
 * attacks", ICLR 2018, section 2.1): from a random point of the ball, step along the steepest
 * direction and project. The defaults are that paper's for MNIST: 40 steps of epsilon / 30, one
 * restart. Further restarts run on the images that still stand. In L1 a step moves the hundredth of
 * the pixels with the largest gradient (Tramer and Boneh, "Adversarial training and robustness for
 * multiple perturbations", NeurIPS 2019, section 3.3).
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 * @param steps gradient steps, 1 or more
 * @param stepSize length of a step in the threat model's norm
 * @param randomStart whether to begin at a random point, else at the image
 * @param restarts independent runs, 1 or more
 * @param seed of the random starts
 */
public record Pgd(
    ThreatModel threat,
    Goal goal,
    Loss loss,
    int steps,
    double stepSize,
    boolean randomStart,
    int restarts,
    long seed)
    implements FixedEpsilonAttack {

  /** Rejects counts below 1 and a step that is negative. */
  public Pgd {
    new Ascent(steps, stepSize);
    if (restarts < 1) {
      throw new IllegalArgumentException("pgd: restarts " + restarts + ": must be 1 or more");
    }
  }

  /** The paper's defaults under a threat model. */
  public static Pgd of(ThreatModel threat) {
    double step = threat.epsilon() / 30;
    return new Pgd(threat, Goal.UNTARGETED, Loss.CROSS_ENTROPY, 40, step, true, 1, 0);
  }

  /** L-infinity, the paper's defaults. */
  public static Pgd linf(double epsilon) {
    return of(ThreatModel.linf(epsilon));
  }

  /** L2, the paper's defaults. */
  public static Pgd l2(double epsilon) {
    return of(ThreatModel.l2(epsilon));
  }

  /** With another number of steps. */
  public Pgd steps(int n) {
    return new Pgd(threat, goal, loss, n, stepSize, randomStart, restarts, seed);
  }

  /** With another step size. */
  public Pgd stepSize(double size) {
    return new Pgd(threat, goal, loss, steps, size, randomStart, restarts, seed);
  }

  /** With another number of restarts. */
  public Pgd restarts(int n) {
    return new Pgd(threat, goal, loss, steps, stepSize, randomStart, n, seed);
  }

  /** Beginning at the image itself. */
  public Pgd fromTheImage() {
    return new Pgd(threat, goal, loss, steps, stepSize, false, restarts, seed);
  }

  /** With a goal. */
  public Pgd goal(Goal other) {
    return new Pgd(threat, other, loss, steps, stepSize, randomStart, restarts, seed);
  }

  /** Raising another loss. */
  public Pgd loss(Loss other) {
    return new Pgd(threat, goal, other, steps, stepSize, randomStart, restarts, seed);
  }

  /** With another seed of the random starts. */
  public Pgd seed(long other) {
    return new Pgd(threat, goal, loss, steps, stepSize, randomStart, restarts, other);
  }

  @Override
  public String name() {
    return "pgd";
  }

  @Override
  public int rounds() {
    return restarts;
  }

  @Override
  public void run(Run run) {
    Tensor start = randomStart ? threat.random(run.images(), run.random("start")) : run.images();
    new Ascent(steps, stepSize).climb(run, start, x -> run.slope(x, loss));
  }
}
