package dev.teak.attacks.blackbox;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;

/**
 * Simultaneous perturbation stochastic approximation (Uesato et al., "Adversarial risk and the
 * dangers of evaluating against weak attacks", ICML 2018, section 4.2): Adam at rate 0.01 on
 * differences along random signs of size 0.01, raising the margin, projected after each step. 100
 * steps of 128 pairs.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 * @param steps 1 or more
 * @param samples pairs of queries a step, 1 or more
 * @param lr Adam's rate, in units of the pixel range
 * @param delta size of the signs, likewise
 * @param seed of the signs
 */
public record Spsa(
    ThreatModel threat,
    Goal goal,
    Loss loss,
    int steps,
    int samples,
    double lr,
    double delta,
    long seed)
    implements FixedEpsilonAttack {

  /** Rejects counts below 1 and sizes that are not positive. */
  public Spsa {
    if (steps < 1 || samples < 1 || !(lr > 0) || !(delta > 0)) {
      throw new IllegalArgumentException(
          "spsa: steps "
              + steps
              + ", samples "
              + samples
              + ": must be 1 or more; lr "
              + lr
              + ", delta "
              + delta
              + ": above 0");
    }
  }

  /** The paper's defaults. */
  public static Spsa of(ThreatModel threat) {
    return new Spsa(threat, Goal.UNTARGETED, Loss.MARGIN, 100, 128, 0.01, 0.01, 0);
  }

  @Override
  public String name() {
    return "spsa";
  }

  @Override
  public void run(Run run) {
    SampleRandom random = run.random("directions");
    double rate = lr * threat.range();
    try (Slot x = new Slot(run.images().add(0)); // a copy: Adam changes it in place
        Slot m = new Slot(run.images().mul(0));
        Slot v = new Slot(run.images().mul(0))) {
      for (int step = 1; step <= steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor up =
              Differences.gradient(
                  run, x.get(), loss, () -> random.signs(run.image()), samples, delta);
          Update.adam(x.get(), up.neg(), m.get(), v.get(), rate, step);
          x.set(threat.project(run.images(), x.get()));
        }
      }
      run.offer(x.get());
    }
  }
}
