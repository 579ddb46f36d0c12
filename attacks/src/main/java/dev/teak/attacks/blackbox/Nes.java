package dev.teak.attacks.blackbox;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.gradient.Ascent;

/**
 * PGD on a gradient estimated by natural evolution strategies (Ilyas et al., "Black-box adversarial
 * attacks with limited queries and information", ICML 2018, section 2.2): differences along pairs
 * of Gaussian directions of deviation 0.001, 50 queries a step. The paper's step for images in 0..1
 * is 0.01 at epsilon 0.05; here it is the same share of epsilon, and 100 steps.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 * @param steps 1 or more
 * @param stepSize length of a step in the threat model's norm
 * @param samples queries a step, an even number
 * @param sigma deviation of the directions, in units of the pixel range
 * @param seed of the directions
 */
public record Nes(
    ThreatModel threat,
    Goal goal,
    Loss loss,
    int steps,
    double stepSize,
    int samples,
    double sigma,
    long seed)
    implements FixedEpsilonAttack {

  /** Rejects an odd number of samples and a sigma that is not positive. */
  public Nes {
    new Ascent(steps, stepSize);
    if (samples < 2 || samples % 2 != 0 || !(sigma > 0)) {
      throw new IllegalArgumentException(
          "nes: samples " + samples + ": must be even; sigma " + sigma + ": above 0");
    }
  }

  /** The paper's defaults. */
  public static Nes of(ThreatModel threat) {
    double step = threat.epsilon() / 5;
    return new Nes(threat, Goal.UNTARGETED, Loss.CROSS_ENTROPY, 100, step, 50, 0.001, 0);
  }

  @Override
  public String name() {
    return "nes";
  }

  @Override
  public void run(Run run) {
    SampleRandom random = run.random("directions");
    new Ascent(steps, stepSize)
        .climb(
            run,
            run.images(),
            x ->
                Differences.gradient(
                    run, x, loss, () -> random.normal(run.image()), samples / 2, sigma));
  }
}
