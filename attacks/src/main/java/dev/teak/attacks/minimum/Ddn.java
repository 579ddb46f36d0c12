package dev.teak.attacks.minimum;

import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * Decoupling direction and norm (Rony et al., "Decoupling direction and norm for efficient
 * gradient-based L2 adversarial attacks and defenses", CVPR 2019, algorithm 1): the direction is
 * that of gradient ascent, and the norm shrinks by gamma while the goal is reached and grows by it
 * while it is not. 100 steps; the step size falls from 1 to 0.01 along half a cosine; the norm
 * begins at 1, gamma is 0.05. Both are in units of the pixel range.
 *
 * @param threat L2
 * @param goal what to reach
 * @param steps 1 or more
 * @param gamma by how much the norm changes a step, in (0, 1)
 * @param initialNorm above 0, in units of the pixel range
 */
public record Ddn(ThreatModel threat, Goal goal, int steps, double gamma, double initialNorm)
    implements MinimumNormAttack {
  private static final double LAST_STEP = 0.01;

  /** Rejects other norms and settings out of range. */
  public Ddn {
    Minimum.requireNorm("ddn", threat, Norm.L2);
    if (steps < 1 || !(gamma > 0 && gamma < 1) || !(initialNorm > 0)) {
      throw new IllegalArgumentException(
          "ddn: steps "
              + steps
              + ": must be 1 or more; gamma "
              + gamma
              + ": in (0, 1); initial norm "
              + initialNorm
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static Ddn of(ThreatModel threat) {
    return new Ddn(threat, Goal.UNTARGETED, 100, 0.05, 1);
  }

  @Override
  public String name() {
    return "ddn";
  }

  @Override
  public void run(Run run) {
    try (Slot x = new Slot(run.images());
        Slot norm = new Slot(run.each(initialNorm * threat.range()))) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Gradients g = run.gradient(x.get(), Loss.CROSS_ENTROPY);
          run.offer(x.get(), g.logits());
          double share = LAST_STEP + (1 - LAST_STEP) * (1 + Math.cos(Math.PI * step / steps)) / 2;
          double size = share * threat.range();
          Tensor moved = x.get().add(threat.steepest(x.get(), g.gradient()).mul(size));
          Tensor reached = run.perImage(run.reached(g.logits()));
          norm.set(norm.get().mul(reached.mul(-2 * gamma).add(1 + gamma)));
          Tensor direction = Norm.L2.steepest(moved.sub(run.images()));
          x.set(threat.clip(run.images().add(direction.mul(norm.get()))));
        }
      }
      run.offer(x.get());
    }
  }
}
