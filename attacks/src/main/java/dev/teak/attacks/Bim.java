package dev.teak.attacks;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * The basic iterative method, or I-FGSM (Kurakin et al., "Adversarial examples in the physical
 * world", 2016, section 2.2): small steps from the image itself. The paper's defaults are steps of
 * one grey level of 255, min(levels + 4, 1.25 levels) of them where epsilon is that many levels.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param steps gradient steps, 1 or more
 * @param stepSize length of a step in the threat model's norm
 */
public record Bim(ThreatModel threat, Goal goal, int steps, double stepSize) implements Attack {
  private static final int LEVELS = 255;

  /** The paper's defaults under a threat model. */
  public static Bim of(ThreatModel threat) {
    double level = (threat.high() - threat.low()) / LEVELS;
    double levels = threat.epsilon() / level;
    int steps = Math.max(1, (int) Math.round(Math.min(levels + 4, 1.25 * levels)));
    return new Bim(threat, Goal.UNTARGETED, steps, level);
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
  public AdversarialBatch perturb(Module model, Tensor images, Tensor labels) {
    return new Pgd(threat, goal, steps, stepSize, false, 1, 0).perturb(model, images, labels);
  }
}
