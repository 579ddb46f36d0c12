package dev.teak.attacks.gradient;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;

/**
 * The basic iterative method, or I-FGSM (Kurakin et al., "Adversarial examples in the physical
 * world", 2016, section 2.2): small steps from the image itself. The paper's defaults are steps of
 * one grey level of 255, min(levels + 4, 1.25 levels) of them where epsilon is that many levels. In
 * another norm than L-infinity a step is the same share of epsilon.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 * @param steps gradient steps, 1 or more
 * @param stepSize length of a step in the threat model's norm
 */
public record Bim(ThreatModel threat, Goal goal, Loss loss, int steps, double stepSize)
    implements FixedEpsilonAttack {
  private static final int LEVELS = 255;

  /** Rejects what {@link Ascent} rejects. */
  public Bim {
    new Ascent(steps, stepSize);
  }

  /** The paper's defaults under a threat model. */
  public static Bim of(ThreatModel threat) {
    double range = threat.range();
    double levels = Math.min(threat.epsilon() / range, 1) * LEVELS;
    int steps = Math.max(1, (int) Math.round(Math.min(levels + 4, 1.25 * levels)));
    double step = levels == 0 ? 0 : Math.min(threat.epsilon(), range) / levels;
    return new Bim(threat, Goal.UNTARGETED, Loss.CROSS_ENTROPY, steps, step);
  }

  /** L-infinity, the paper's defaults. */
  public static Bim linf(double epsilon) {
    return of(ThreatModel.linf(epsilon));
  }

  @Override
  public String name() {
    return "bim";
  }

  @Override
  public void run(Run run) {
    new Ascent(steps, stepSize).climb(run, run.images(), x -> run.slope(x, loss));
  }
}
