package dev.teak.attacks.blackbox;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * Random points of the ball, the best of 10,000 (a check of Carlini et al., "On evaluating
 * adversarial robustness", 2019, section 4.2: where it finds what gradients do not, the gradients
 * are at fault). Every second draw in L-infinity is a corner: all pixels changed by epsilon.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param draws points for each image, 1 or more
 * @param seed of the draws
 */
public record RandomNoise(ThreatModel threat, Goal goal, int draws, long seed)
    implements FixedEpsilonAttack {

  /** Draws between two looks at which images still stand. */
  private static final int AT_ONCE = 100;

  /** Rejects no draws. */
  public RandomNoise {
    if (draws < 1) {
      throw new IllegalArgumentException("noise: draws " + draws + ": must be 1 or more");
    }
  }

  /** 10,000 draws. */
  public static RandomNoise of(ThreatModel threat) {
    return new RandomNoise(threat, Goal.UNTARGETED, 10_000, 0);
  }

  /** With another number of draws. */
  public RandomNoise draws(int n) {
    return new RandomNoise(threat, goal, n, seed);
  }

  /** With another seed. */
  public RandomNoise seed(long other) {
    return new RandomNoise(threat, goal, draws, other);
  }

  @Override
  public String name() {
    return "noise";
  }

  @Override
  public int rounds() {
    return (draws + AT_ONCE - 1) / AT_ONCE;
  }

  @Override
  public void run(Run run) {
    SampleRandom random = run.random("draws");
    int first = run.round() * AT_ONCE;
    for (int i = first; i < Math.min(draws, first + AT_ONCE); i++) {
      try (Scope scope = Scope.open()) {
        run.offer(
            i % 2 == 1 && threat.norm() == Norm.LINF ? corner(run, random) : point(run, random));
      }
    }
  }

  private Tensor point(Run run, SampleRandom random) {
    return threat.random(run.images(), random);
  }

  private Tensor corner(Run run, SampleRandom random) {
    double far = threat.isBounded() ? threat.epsilon() : threat.range();
    Tensor x = run.images().add(random.signs(run.image()).mul(far));
    return threat.project(run.images(), x);
  }
}
