package dev.teak.attacks.gradient;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;

/**
 * The fast gradient sign method (Goodfellow et al., "Explaining and harnessing adversarial
 * examples", ICLR 2015, section 4): one step of length epsilon along the steepest direction. In L2
 * it is known as FGM.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 */
public record Fgsm(ThreatModel threat, Goal goal, Loss loss) implements FixedEpsilonAttack {
  /** Untargeted, raising the cross-entropy. */
  public static Fgsm of(ThreatModel threat) {
    return new Fgsm(threat, Goal.UNTARGETED, Loss.CROSS_ENTROPY);
  }

  /** Untargeted, L-infinity. */
  public static Fgsm linf(double epsilon) {
    return of(ThreatModel.linf(epsilon));
  }

  /** Untargeted, L2. */
  public static Fgsm l2(double epsilon) {
    return of(ThreatModel.l2(epsilon));
  }

  @Override
  public String name() {
    return "fgsm";
  }

  @Override
  public void run(Run run) {
    double whole = threat.isBounded() ? threat.epsilon() : threat.widest(run.image().size());
    new Ascent(1, whole).climb(run, run.images(), x -> run.slope(x, loss));
  }
}
