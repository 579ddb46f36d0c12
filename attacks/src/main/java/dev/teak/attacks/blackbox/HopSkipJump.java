package dev.teak.attacks.blackbox;

import dev.teak.attacks.Goal;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * HopSkipJump (Chen et al., "HopSkipJumpAttack: a query-efficient decision-based attack", S&P 2020,
 * algorithm 2): at a point on the boundary the gradient's direction is estimated from the decisions
 * at random points around, a step along it is taken, halved until it still reaches the goal, and a
 * binary search leads back to the boundary. 64 iterations; 100 sqrt(t) decisions for the estimate
 * of the t-th, 10,000 at most.
 *
 * @param threat L2 or L-infinity
 * @param goal what to reach
 * @param steps iterations, 1 or more
 * @param evaluations decisions for the first estimate, 1 or more
 * @param mostEvaluations for any
 * @param gamma of the binary search's end and the size of the estimate, 1 in the paper
 * @param tries random images to begin from, 1 or more
 * @param seed of the estimates
 */
public record HopSkipJump(
    ThreatModel threat,
    Goal goal,
    int steps,
    int evaluations,
    int mostEvaluations,
    double gamma,
    int tries,
    long seed)
    implements MinimumNormAttack {
  private static final int HALVINGS = 30;

  /** Rejects other norms and settings out of range. */
  public HopSkipJump {
    if (threat.norm() != Norm.L2 && threat.norm() != Norm.LINF) {
      throw new IllegalArgumentException("hopskipjump: norm " + threat.norm() + ": has l2, linf");
    }
    if (steps < 1 || evaluations < 1 || mostEvaluations < 1 || tries < 1 || !(gamma > 0)) {
      throw new IllegalArgumentException(
          "hopskipjump: steps "
              + steps
              + ", evaluations "
              + evaluations
              + " to "
              + mostEvaluations
              + ", tries "
              + tries
              + ": must be 1 or more; gamma "
              + gamma
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static HopSkipJump of(ThreatModel threat) {
    return new HopSkipJump(threat, Goal.UNTARGETED, 64, 100, 10_000, 1, 1000, 0);
  }

  @Override
  public String name() {
    return "hopskipjump";
  }

  @Override
  public void run(Run run) {
    SampleRandom random = run.random("directions");
    try (Slot x = new Slot(toBoundary(run, Starts.noise(run, tries)))) {
      run.offer(x.get());
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor distance = threat.norm().size(x.get().sub(run.images()));
          double pixels = run.image().size();
          Tensor probe = step == 0 ? run.each(0.1 * threat.range()) : distance.mul(gamma / pixels);
          int count = (int) Math.min(evaluations * Math.sqrt(step + 1.0), mostEvaluations);
          Tensor slope =
              estimate(run, x.get(), probe.maximum(1e-7 * threat.range()), count, random);
          Tensor up = threat.norm() == Norm.LINF ? slope.sign() : slope;
          Tensor jumped = jump(run, x.get(), up, distance.div(Math.sqrt(step + 1.0)));
          x.set(toBoundary(run, jumped));
          run.offer(x.get());
        }
      }
    }
  }

  /** The farthest of ever shorter steps that reaches the goal; none, where none does. */
  private Tensor jump(Run run, Tensor x, Tensor up, Tensor length) {
    Tensor best = x;
    Tensor open = run.each(1);
    for (int k = 0; k < HALVINGS; k++) {
      Tensor candidate = threat.clip(x.add(up.mul(length)));
      Tensor taken = Starts.reached(run, candidate).mul(open);
      best = taken.where(candidate, best);
      open = open.sub(taken);
      if (open.sum().item() == 0) {
        break;
      }
      length = length.mul(0.5);
    }
    return best;
  }

  /** The nearest point to the image on the way to it that still reaches the goal, by bisection. */
  private Tensor toBoundary(Run run, Tensor x) {
    double pixels = run.image().size();
    double exponent = threat.norm() == Norm.LINF ? 2 : 1.5;
    int halvings = (int) Math.ceil(Math.log(Math.pow(pixels, exponent) / gamma) / Math.log(2));
    Tensor distance = threat.norm().size(x.sub(run.images()));
    Tensor low = run.each(0);
    Tensor high = run.each(1);
    for (int k = 0; k < halvings; k++) {
      Tensor middle = low.add(high).mul(0.5);
      Tensor there = Starts.reached(run, between(run, x, middle, distance));
      high = there.where(middle, high);
      low = there.where(low, middle);
    }
    return between(run, x, high, distance);
  }

  /** In L2 on the straight line; in L-infinity every pixel's change cut off at the share. */
  private Tensor between(Run run, Tensor x, Tensor share, Tensor distance) {
    Tensor delta = x.sub(run.images());
    Tensor part =
        threat.norm() == Norm.LINF
            ? Norm.LINF.project(delta, share.mul(distance))
            : delta.mul(share);
    return threat.clip(run.images().add(part));
  }

  /** The direction in which more of the points around reach the goal (equations 9 and 16). */
  private Tensor estimate(Run run, Tensor x, Tensor probe, int count, SampleRandom random) {
    try (Slot sum = new Slot(x.mul(0));
        Slot weighted = new Slot(x.mul(0));
        Slot agreed = new Slot(run.each(0))) {
      for (int k = 0; k < count; k++) {
        try (Scope scope = Scope.open()) {
          Tensor u =
              threat.norm() == Norm.LINF
                  ? random.uniform(run.image(), -1, 1)
                  : random.normal(run.image());
          u = u.div(Norm.L2.size(u).maximum(Float.MIN_NORMAL));
          Tensor around = threat.clip(x.add(u.mul(probe)));
          Tensor moved = around.sub(x).div(probe);
          Tensor decision = Starts.reached(run, around).mul(2).sub(1);
          sum.set(sum.get().add(moved));
          weighted.set(weighted.get().add(moved.mul(decision)));
          agreed.set(agreed.get().add(decision));
        }
      }
      // Less the mean decision, unless all agree.
      Tensor mean = agreed.get().div(count);
      Tensor split = mean.abs().lt(1);
      Tensor slope = weighted.get().sub(sum.get().mul(mean.mul(split)));
      return slope.div(Norm.L2.size(slope).maximum(Float.MIN_NORMAL));
    }
  }
}
