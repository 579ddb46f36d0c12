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
import dev.teak.engine.Update;

/**
 * The L2 attack of Carlini and Wagner ("Towards evaluating the robustness of neural networks", S&P
 * 2017, section VI.A): Adam in tanh space on |x' - x|^2 + c max(confidence - margin, 0), pixels in
 * units of their range, c chosen for each image by 9 steps of search from 0.001. 10,000 steps each
 * at rate 0.01, fewer where nothing is gained any more.
 *
 * @param threat L2
 * @param goal what to reach
 * @param confidence kappa: by how much the logits must be past the goal, 0 or more
 * @param searches values of c tried, 1 or more
 * @param steps of each, 1 or more
 * @param lr Adam's rate
 * @param c the first constant
 * @param abortEarly whether to end where nothing is gained
 */
public record CarliniWagner(
    ThreatModel threat,
    Goal goal,
    double confidence,
    int searches,
    int steps,
    double lr,
    double c,
    boolean abortEarly)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public CarliniWagner {
    Minimum.requireNorm("cw", threat, Norm.L2);
    if (searches < 1 || steps < 1 || !(confidence >= 0) || !(lr > 0) || !(c > 0)) {
      throw new IllegalArgumentException(
          "cw: searches "
              + searches
              + ", steps "
              + steps
              + ": must be 1 or more; confidence "
              + confidence
              + ": 0 or more; lr "
              + lr
              + ", c "
              + c
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static CarliniWagner of(ThreatModel threat) {
    return new CarliniWagner(threat, Goal.UNTARGETED, 0, 9, 10_000, 0.01, 1e-3, true);
  }

  @Override
  public String name() {
    return "cw";
  }

  @Override
  public void run(Run run) {
    TanhSpace space = new TanhSpace(threat);
    double square = threat.range() * threat.range();
    TradeOff tradeOff = new TradeOff(run.size(), c);
    for (int search = 0; search < searches; search++) {
      try (Scope scope = Scope.open();
          Slot w = new Slot(space.of(run.images()));
          Slot m = new Slot(run.images().mul(0));
          Slot v = new Slot(run.images().mul(0));
          Slot found = new Slot(TradeOff.none(run));
          Stall stall = new Stall(run, steps, abortEarly)) {
        Tensor constant = tradeOff.get();
        for (int step = 0; step < steps; step++) {
          try (Scope inner = Scope.open()) {
            Tensor x = space.pixels(w.get());
            Gradients g = run.gradient(x, Loss.MARGIN);
            Tensor excess = run.excess(g.logits());
            Tensor lacks = excess.lt(0);
            Tensor there = excess.ge(0).mul(stall.going());
            found.set(found.get().maximum(there));
            run.offer(x, g.logits(), stall.going());
            Tensor delta = x.sub(run.images());
            Tensor missing = excess.neg().maximum(0);
            Tensor loss =
                delta
                    .square()
                    .sum(1, 2, 3)
                    .div(square)
                    .add(missing.mul(constant.reshape(run.size())));
            if (stall.allAt(step, loss)) {
              break;
            }
            Tensor pull = g.gradient().mul(constant).mul(run.perImage(lacks));
            Tensor slope = space.back(w.get(), delta.mul(2 / square).sub(pull));
            Update.adam(w.get(), slope, m.get(), v.get(), lr, step + 1);
          }
        }
        tradeOff.next(found.get());
      }
    }
  }
}
