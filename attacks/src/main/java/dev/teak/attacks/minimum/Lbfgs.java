package dev.teak.attacks.minimum;

import dev.teak.attacks.Aim;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Logits;
import dev.teak.attacks.Loss;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * The attack that began it all (Szegedy et al., "Intriguing properties of neural networks", ICLR
 * 2014, section 4.1): box-constrained L-BFGS on |x' - x|^2 + c L(x', target), pixels in units of
 * their range and L being the cross-entropy, with c chosen for each image by search. Untargeted it
 * aims at the likeliest wrong class. The paper leaves the counts open; these are CleverHans': 5
 * constants from 0.01 and 100 evaluations each.
 *
 * @param threat L2
 * @param goal what to reach
 * @param searches values of c tried, 1 or more
 * @param evaluations of the model for each, 1 or more
 * @param c the first constant
 */
public record Lbfgs(ThreatModel threat, Goal goal, int searches, int evaluations, double c)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public Lbfgs {
    Minimum.requireNorm("lbfgs", threat, Norm.L2);
    if (searches < 1 || evaluations < 1 || !(c > 0)) {
      throw new IllegalArgumentException(
          "lbfgs: searches "
              + searches
              + ", evaluations "
              + evaluations
              + ": must be 1 or more; c "
              + c
              + ": above 0");
    }
  }

  /** CleverHans' settings. */
  public static Lbfgs of(ThreatModel threat) {
    return new Lbfgs(threat, Goal.UNTARGETED, 5, 100, 0.01);
  }

  @Override
  public String name() {
    return "lbfgs";
  }

  @Override
  public void run(Run run) {
    Aim aim = run.aim();
    if (!aim.isTargeted()) {
      Tensor logits = aim.merged(run.victim().logits(run.images()));
      aim = aim.at(Logits.likely(logits, aim.labels().toInts(), 1));
    }
    TradeOff tradeOff = new TradeOff(run.size(), c);
    for (int search = 0; search < searches; search++) {
      try (Scope scope = Scope.open()) {
        tradeOff.next(minimise(run, aim, tradeOff.get()));
      }
    }
  }

  /** Minimises for all images in step; where the goal was reached, {@code [N]}. */
  private Tensor minimise(Run run, Aim aim, Tensor constant) {
    double low = threat.least();
    double range = threat.most() - low;
    double[] unit = run.images().toDoubles();
    Arrays.setAll(unit, p -> (unit[p] - low) / range);
    int n = run.size();
    int size = unit.length / n;
    BoxLbfgs[] minimisers = new BoxLbfgs[n];
    Arrays.setAll(
        minimisers, i -> new BoxLbfgs(Arrays.copyOfRange(unit, i * size, (i + 1) * size), 0, 1));
    try (Slot found = new Slot(TradeOff.none(run))) {
      for (int k = 0; k < evaluations; k++) {
        if (Arrays.stream(minimisers).allMatch(BoxLbfgs::isDone)) {
          break;
        }
        try (Scope scope = Scope.open()) {
          double[] asked = new double[unit.length];
          for (int i = 0; i < n; i++) {
            System.arraycopy(minimisers[i].ask(), 0, asked, i * size, size);
          }
          Arrays.setAll(asked, p -> low + range * asked[p]);
          Tensor x = threat.clip(Tensor.of(asked, run.images().shape().dims()));
          Gradients g = run.gradient(x, Loss.CROSS_ENTROPY, aim);
          run.offer(x, g.logits());
          found.set(found.get().maximum(run.reached(g.logits())));
          Tensor delta = x.sub(run.images()).div(range);
          Tensor lost = g.value().mul(constant.reshape(n));
          double[] values = delta.square().sum(1, 2, 3).sub(lost).toDoubles();
          double[] slopes = delta.mul(2).sub(g.gradient().mul(constant.mul(range))).toDoubles();
          for (int i = 0; i < n; i++) {
            if (!minimisers[i].isDone()) {
              minimisers[i].tell(values[i], Arrays.copyOfRange(slopes, i * size, (i + 1) * size));
            }
          }
        }
      }
      return found.get().add(0);
    }
  }
}
