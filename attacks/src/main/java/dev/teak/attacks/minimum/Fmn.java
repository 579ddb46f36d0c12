package dev.teak.attacks.minimum;

import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * Fast minimum-norm (Pintor et al., "Fast minimum-norm adversarial attacks through adaptive norm
 * constraints", NeurIPS 2021, algorithm 1): steps along the gradient of the margin, projected onto
 * a ball whose radius follows the boundary. Until the goal was reached once, the radius is where
 * the model made linear has its boundary, and at least gamma more than before, since the pixel
 * range may cut the step short; then it shrinks by gamma while the goal is reached, and grows by it
 * while it is not. 100 steps; along half a cosine, the step size falls from 1 to 0.01 and gamma
 * from 0.05 to 0.001.
 *
 * @param threat any norm
 * @param goal what to reach
 * @param steps 1 or more
 * @param stepSize of the first step, in L2 and in units of the pixel range; the last is a hundredth
 *     of it
 * @param gamma by how much the radius changes at first, in (0, 1)
 */
public record Fmn(ThreatModel threat, Goal goal, int steps, double stepSize, double gamma)
    implements MinimumNormAttack {
  private static final double LAST_GAMMA = 0.001;

  /** Rejects settings out of range. */
  public Fmn {
    if (steps < 1 || !(stepSize > 0) || !(gamma > 0 && gamma < 1)) {
      throw new IllegalArgumentException(
          "fmn: steps "
              + steps
              + ": must be 1 or more; step size "
              + stepSize
              + ": above 0; gamma "
              + gamma
              + ": in (0, 1)");
    }
  }

  /** The authors' settings. */
  public static Fmn of(ThreatModel threat) {
    return new Fmn(threat, Goal.UNTARGETED, 100, 1, 0.05);
  }

  @Override
  public String name() {
    return "fmn";
  }

  @Override
  public void run(Run run) {
    Norm norm = threat.norm();
    double widest = threat.widest(run.image().size());
    try (Slot x = new Slot(run.images());
        Slot radius = new Slot(run.each(norm == Norm.L0 ? 1 : 0));
        Slot least = new Slot(run.each(widest));
        Slot found = new Slot(run.each(0))) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Gradients g = run.gradient(x.get(), Loss.MARGIN);
          run.offer(x.get(), g.logits());
          Tensor reached = run.perImage(run.reached(g.logits()));
          found.set(found.get().maximum(reached));
          Tensor size = norm.size(x.get().sub(run.images()));
          least.set(reached.mul(size.lt(least.get())), size);
          double rate = falling(gamma, LAST_GAMMA, step);
          Tensor shrunk = shrunk(radius.get(), rate).minimum(least.get());
          Tensor grown = grown(radius.get(), rate);
          if (norm != Norm.L0) {
            Tensor first = size.add(boundary(run, g)).mul(found.get().neg().add(1));
            grown = grown.maximum(first);
          }
          radius.set(reached.where(shrunk, grown).minimum(widest));
          double length = falling(stepSize, stepSize / 100, step) * threat.range();
          Tensor along = Norm.L2.steepest(g.gradient()).mul(length);
          Tensor delta = norm.project(x.get().add(along).sub(run.images()), radius.get());
          x.set(threat.clip(run.images().add(delta)));
        }
      }
      run.offer(x.get());
    }
  }

  private double falling(double first, double last, int step) {
    return last + (first - last) * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }

  /** How far it is to where the goal counts as reached if the margin is linear; never nothing. */
  private Tensor boundary(Run run, Gradients g) {
    Tensor slope = threat.norm().dual(g.gradient()).maximum(Float.MIN_NORMAL);
    Tensor missing = run.perImage(Victim.finite(run.excess(g.logits()).abs()));
    return missing.div(slope).maximum(threat.finest(run.image().size()));
  }

  /** Pixels are counted, so their number changes by 1 at least. */
  private Tensor shrunk(Tensor radius, double rate) {
    Tensor shrunk = radius.mul(1 - rate);
    return threat.norm() == Norm.L0 ? shrunk.floor().minimum(radius.sub(1)).maximum(1) : shrunk;
  }

  private Tensor grown(Tensor radius, double rate) {
    Tensor grown = radius.mul(1 + rate);
    return threat.norm() == Norm.L0 ? grown.floor().maximum(radius.add(1)) : grown;
  }
}
