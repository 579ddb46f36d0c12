package dev.teak.attacks.minimum;

import dev.teak.attacks.Aim;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Logits;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.attacks.Victim.LogitFunction;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.stream.IntStream;

/**
 * DeepFool (Moosavi-Dezfooli et al., "DeepFool: a simple and accurate method to fool deep neural
 * networks", CVPR 2016, algorithm 2): step after step to the nearest boundary of the model made
 * linear, until one is crossed. 50 steps, and an overshoot of 0.02, by which the found change is
 * stretched.
 *
 * @param threat L2 or L-infinity
 * @param goal what to reach; a class confines it to that class's boundary
 * @param steps at most, 1 or more
 * @param overshoot how far past the boundary, as a share of the way
 * @param candidates of the likeliest classes, how many are tried; 2 or more
 */
public record DeepFool(ThreatModel threat, Goal goal, int steps, double overshoot, int candidates)
    implements MinimumNormAttack {
  /** Pushes a step over a boundary that is met exactly; in units of the pixel range. */
  private static final double TINY = 1e-4;

  /** Rejects other norms, no steps and a negative overshoot. */
  public DeepFool {
    Minimum.requireNorm("deepfool", threat, Norm.L2, Norm.LINF);
    if (steps < 1 || candidates < 2 || !(overshoot >= 0)) {
      throw new IllegalArgumentException(
          "deepfool: steps "
              + steps
              + ": must be 1 or more; candidates "
              + candidates
              + ": 2 or more; overshoot "
              + overshoot
              + ": 0 or more");
    }
  }

  /** The authors' settings. */
  public static DeepFool of(ThreatModel threat) {
    return new DeepFool(threat, Goal.UNTARGETED, 50, 0.02, 10);
  }

  @Override
  public String name() {
    return "deepfool";
  }

  @Override
  public void run(Run run) {
    LogitFunction[] boundaries = boundaries(run);
    try (Slot change = new Slot(run.images().mul(0));
        Slot running = new Slot(run.each(1))) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor x = at(run, change.get());
          Gradients g = run.gradients(x, boundaries);
          run.offer(x, g.logits());
          Tensor reached = run.perImage(run.reached(g.logits()));
          running.set(running.get().mul(reached.neg().add(1)));
          if (running.get().sum().item() == 0) {
            break;
          }
          change.set(change.get().add(nearest(run, g).mul(running.get())));
        }
      }
      run.offer(at(run, change.get()));
    }
  }

  private Tensor at(Run run, Tensor change) {
    return threat.clip(run.images().add(change.mul(1 + overshoot)));
  }

  /** For each class to be reached, how far its logit is above the one to be left. */
  private LogitFunction[] boundaries(Run run) {
    Aim aim = run.aim();
    if (aim.isTargeted()) {
      Tensor targets = aim.targets();
      return new LogitFunction[] {z -> Logits.of(z, targets).sub(Logits.largestExcept(z, targets))};
    }
    Tensor logits = aim.merged(run.victim().logits(run.images()));
    int others = Math.min(candidates, logits.shape().dim(1)) - 1;
    return IntStream.rangeClosed(1, others)
        .mapToObj(k -> Logits.likely(logits, aim.labels().toInts(), k))
        .map(c -> (LogitFunction) z -> aim.above(z, c))
        .toArray(LogitFunction[]::new);
  }

  /** The step to the boundary that is nearest as the crow flies: |f| / |w| in the dual norm. */
  private Tensor nearest(Run run, Gradients g) {
    Norm norm = threat.norm();
    Tensor least = run.each(Double.POSITIVE_INFINITY);
    Tensor best = run.images().mul(0);
    for (int k = 0; k < g.values().size(); k++) {
      Tensor w = g.gradients().get(k);
      Tensor slope = norm.dual(w).maximum(Float.MIN_NORMAL);
      Tensor distance = run.perImage(g.values().get(k).abs()).div(slope);
      Tensor nearer = distance.lt(least);
      least = nearer.where(distance, least);
      best = nearer.where(norm.steepest(w).mul(distance.add(TINY * threat.range())), best);
    }
    return best;
  }
}
