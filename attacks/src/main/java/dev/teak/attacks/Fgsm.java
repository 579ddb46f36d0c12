package dev.teak.attacks;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * The fast gradient sign method (Goodfellow et al., "Explaining and harnessing adversarial
 * examples", ICLR 2015, section 4): one step of length epsilon along the steepest direction. In L2
 * it is known as FGM.
 *
 * @param threat the bound
 * @param goal what to reach
 */
public record Fgsm(ThreatModel threat, Goal goal) implements Attack {
  /** Untargeted, L-infinity. */
  public static Fgsm linf(double epsilon) {
    return new Fgsm(ThreatModel.linf(epsilon), Goal.UNTARGETED);
  }

  /** Untargeted, L2. */
  public static Fgsm l2(double epsilon) {
    return new Fgsm(ThreatModel.l2(epsilon), Goal.UNTARGETED);
  }

  @Override
  public String name() {
    return "fgsm";
  }

  @Override
  public AdversarialBatch perturb(Module model, Tensor images, Tensor labels) {
    return new Pgd(threat, goal, 1, threat.epsilon(), false, 1, 0).perturb(model, images, labels);
  }
}
