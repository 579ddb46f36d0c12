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
 * The elastic-net attack (Chen et al., "EAD: elastic-net attacks to deep neural networks via
 * adversarial examples", AAAI 2018, algorithm 1): FISTA on c max(confidence - margin, 0) + |x' -
 * x|_2^2 + beta |x' - x|_1, pixels in units of their range. 9 constants from 0.001, 10,000 steps
 * each, a rate that falls from 0.01 as a square root, beta 0.01. Of what reaches the goal, that of
 * the smallest elastic-net distance is kept, or by the L1 rule that of the smallest L1 distance.
 *
 * @param threat L1
 * @param goal what to reach
 * @param confidence kappa: by how much the logits must be past the goal, 0 or more
 * @param beta weight of the L1 distance, 0 or more
 * @param elasticNet whether the elastic-net distance decides, else L1
 * @param searches values of c tried, 1 or more
 * @param steps of each, 1 or more
 * @param lr the first rate
 * @param c the first constant
 * @param abortEarly whether to end where nothing is gained
 */
public record Ead(
    ThreatModel threat,
    Goal goal,
    double confidence,
    double beta,
    boolean elasticNet,
    int searches,
    int steps,
    double lr,
    double c,
    boolean abortEarly)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public Ead {
    Minimum.requireNorm("ead", threat, Norm.L1);
    boolean counts = searches >= 1 && steps >= 1;
    if (!counts || !(confidence >= 0) || !(beta >= 0) || !(lr > 0) || !(c > 0)) {
      throw new IllegalArgumentException(
          "ead: searches "
              + searches
              + ", steps "
              + steps
              + ": must be 1 or more; confidence "
              + confidence
              + ", beta "
              + beta
              + ": 0 or more; lr "
              + lr
              + ", c "
              + c
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static Ead of(ThreatModel threat) {
    return new Ead(threat, Goal.UNTARGETED, 0, 0.01, true, 9, 10_000, 0.01, 1e-3, true);
  }

  @Override
  public String name() {
    return "ead";
  }

  @Override
  public void run(Run run) {
    TradeOff tradeOff = new TradeOff(run.size(), c);
    try (Slot best = new Slot(run.images());
        Slot least = new Slot(TradeOff.none(run).add(Double.POSITIVE_INFINITY))) {
      for (int search = 0; search < searches; search++) {
        tradeOff.next(descend(run, tradeOff.get(), best, least));
      }
      run.offer(best.get());
    }
  }

  /** FISTA with one constant for each image; where the goal was reached, {@code [N]}. */
  private Tensor descend(Run run, Tensor constant, Slot best, Slot least) {
    Tensor pull = constant.mul(threat.range() * threat.range());
    try (Scope scope = Scope.open();
        Slot x = new Slot(run.images());
        Slot y = new Slot(run.images());
        Slot found = new Slot(TradeOff.none(run));
        Stall stall = new Stall(run, steps, abortEarly)) {
      for (int step = 0; step < steps; step++) {
        try (Scope inner = Scope.open()) {
          Gradients g = run.gradient(y.get(), Loss.MARGIN);
          Tensor lacks = run.perImage(run.excess(g.logits()).lt(0));
          Tensor delta = y.get().sub(run.images());
          Tensor slope = delta.mul(2).sub(g.gradient().mul(pull).mul(lacks)); // times the range
          double rate = lr * Math.sqrt(1 - (double) step / steps);
          Tensor next = shrunk(run, y.get().sub(slope.mul(rate)));
          y.set(next.add(next.sub(x.get()).mul(step / (step + 3.0))));
          x.set(next);
          Tensor logits = run.victim().logits(next);
          Tensor excess = run.excess(logits);
          Tensor there = excess.ge(0).mul(stall.going());
          found.set(found.get().maximum(there));
          keep(run, next, there, best, least);
          Tensor missing = excess.neg().maximum(0);
          Tensor loss = missing.mul(constant.reshape(run.size())).add(distance(run, next, true));
          if (stall.allAt(step, loss)) {
            break;
          }
        }
      }
      return scope.keep(found.get().alias());
    }
  }

  private void keep(Run run, Tensor x, Tensor there, Slot best, Slot least) {
    Tensor distance = distance(run, x, elasticNet);
    Tensor better = there.mul(distance.lt(least.get()));
    least.set(better, distance);
    best.set(run.perImage(better), x);
  }

  private Tensor distance(Run run, Tensor x, boolean elastic) {
    double range = threat.range();
    Tensor delta = x.sub(run.images());
    Tensor l1 = delta.abs().sum(1, 2, 3).div(range);
    return elastic ? l1.mul(beta).add(delta.square().sum(1, 2, 3).div(range * range)) : l1;
  }

  /** Changes of at most beta are undone, larger ones shrink by it; then the range. */
  private Tensor shrunk(Run run, Tensor z) {
    Tensor delta = z.sub(run.images());
    Tensor kept = delta.sign().mul(delta.abs().sub(beta * threat.range()).maximum(0));
    return threat.clip(run.images().add(kept));
  }
}
