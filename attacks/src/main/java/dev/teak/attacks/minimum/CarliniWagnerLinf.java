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
import java.util.Arrays;

/**
 * The L-infinity attack of Carlini and Wagner (S&P 2017, section VI.C): Adam in tanh space on c
 * max(confidence - margin, 0) + sum max(|x' - x| - tau, 0), pixels in units of their range, for
 * each image with a tau of its own, which shrinks to a share of the change found as often as the
 * goal is reached within it; where it is not, c is doubled. As the authors: c from 0.00001 to 20,
 * 1000 steps at rate 0.005, tau down to 1/256 of the range by nine tenths at a time, so that what
 * is found may be a ninth too far. Each attempt goes on from where the last one ended.
 *
 * @param threat L-infinity
 * @param goal what to reach
 * @param confidence kappa: by how much the logits must be past the goal, 0 or more
 * @param steps of each attempt, 1 or more
 * @param lr Adam's rate
 * @param c the first constant
 * @param largestC the last
 * @param shrink share of the change found that the next tau is, in (0, 1)
 */
public record CarliniWagnerLinf(
    ThreatModel threat,
    Goal goal,
    double confidence,
    int steps,
    double lr,
    double c,
    double largestC,
    double shrink)
    implements MinimumNormAttack {
  /** Rejects other norms and settings out of range. */
  public CarliniWagnerLinf {
    Minimum.requireNorm("cw-linf", threat, Norm.LINF);
    if (steps < 1
        || !(confidence >= 0)
        || !(lr > 0)
        || !(c > 0)
        || !(largestC >= c)
        || !(shrink > 0 && shrink < 1)) {
      throw new IllegalArgumentException(
          "cw-linf: steps "
              + steps
              + ": must be 1 or more; confidence "
              + confidence
              + ": 0 or more; lr "
              + lr
              + ", c "
              + c
              + ": above 0; largest c "
              + largestC
              + ": c at least; shrink "
              + shrink
              + ": in (0, 1)");
    }
  }

  /** The authors' settings. */
  public static CarliniWagnerLinf of(ThreatModel threat) {
    return new CarliniWagnerLinf(threat, Goal.UNTARGETED, 0, 1000, 5e-3, 1e-5, 20, 0.9);
  }

  @Override
  public String name() {
    return "cw-linf";
  }

  @Override
  public void run(Run run) {
    TanhSpace space = new TanhSpace(threat);
    double range = threat.range();
    double[] tau = filled(run, range);
    double[] constant = filled(run, c);
    boolean[] going = new boolean[run.size()];
    Arrays.fill(going, true);
    try (Slot w = new Slot(space.of(run.images()).add(0))) {
      while (any(going)) {
        double[] reach = attempt(run, space, w, tau, constant, going);
        for (int i = 0; i < going.length; i++) {
          if (!going[i]) {
            continue;
          }
          if (reach[i] < Double.POSITIVE_INFINITY) {
            tau[i] = shrink * Math.min(tau[i], reach[i]);
          } else {
            constant[i] *= 2;
          }
          going[i] = tau[i] > range / 256 && constant[i] <= largestC;
        }
      }
    }
  }

  private static double[] filled(Run run, double value) {
    double[] all = new double[run.size()];
    Arrays.fill(all, value);
    return all;
  }

  private static boolean any(boolean... flags) {
    boolean any = false;
    for (boolean flag : flags) {
      any |= flag;
    }
    return any;
  }

  /** The change at which each image reached the goal within its tau; infinite where it did not. */
  private double[] attempt(
      Run run, TanhSpace space, Slot w, double[] tau, double[] constant, boolean... going) {
    int n = run.size();
    double[] active = new double[n];
    Arrays.setAll(active, i -> going[i] ? 1 : 0);
    try (Scope scope = Scope.open();
        Slot still = new Slot(Tensor.of(active, n));
        Slot reach = new Slot(Tensor.of(filled(run, Double.POSITIVE_INFINITY), n));
        Slot m = new Slot(run.images().mul(0));
        Slot v = new Slot(run.images().mul(0))) {
      Tensor within = Tensor.of(tau, n, 1, 1, 1);
      Tensor weight = Tensor.of(constant, n, 1, 1, 1);
      for (int step = 0; step < steps; step++) {
        try (Scope inner = Scope.open()) {
          Tensor x = space.pixels(w.get());
          Gradients g = run.gradient(x, Loss.MARGIN);
          run.offer(x, g.logits(), still.get());
          Tensor delta = x.sub(run.images());
          Tensor size = threat.norm().size(delta);
          // Done with this tau: the goal is reached, and by no more than it.
          Tensor excess = run.excess(g.logits());
          Tensor done = excess.ge(0).mul(size.le(within).reshape(n)).mul(still.get());
          reach.set(done, size.reshape(n));
          still.set(still.get().sub(done));
          if (step % 10 == 0 && still.get().sum().item() == 0) {
            break;
          }
          Tensor lacks = run.perImage(excess.lt(0));
          Tensor out = delta.sign().mul(delta.abs().gt(within)).div(threat.range());
          Tensor slope = out.sub(g.gradient().mul(weight).mul(lacks));
          Tensor back = space.back(w.get(), slope).mul(run.perImage(still.get()));
          Tensor moved = w.get().add(0);
          Update.adam(moved, back, m.get(), v.get(), lr, step + 1);
          w.set(run.perImage(still.get()), moved); // who is done waits where it is
        }
      }
      return reach.get().toDoubles();
    }
  }
}
