package dev.teak.attacks.gradient;

import dev.teak.attacks.Aim;
import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Logits;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Auto-PGD (Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of
 * diverse parameter-free attacks", ICML 2020, algorithm 1): momentum 0.75, a first step of 2
 * epsilon, halved for each image at checkpoints where it rose in less than rho of the steps or
 * nothing was gained since the last; it then goes on from its best point. Checkpoints come after
 * 0.22 of the steps, each interval 0.03 shorter, down to 0.06. Of each image's points the one
 * farthest past the goal is kept.
 *
 * @param threat the bound, in L-infinity or L2
 * @param goal what to reach
 * @param loss what to raise
 * @param targets untargeted, but run at this many of the likeliest wrong classes in turn; 0 for a
 *     single run at the goal
 * @param steps gradient steps, 1 or more; the paper's 100
 * @param restarts independent runs, 1 or more
 * @param rho the paper's 0.75
 * @param seed of the random starts
 */
public record Apgd(
    ThreatModel threat,
    Goal goal,
    Loss loss,
    int targets,
    int steps,
    int restarts,
    double rho,
    long seed)
    implements FixedEpsilonAttack {
  private static final double MOMENTUM = 0.75;

  /** Rejects other norms, counts below 1, and targets beside a goal that has one. */
  public Apgd {
    if (threat.norm() != Norm.LINF && threat.norm() != Norm.L2) {
      throw new IllegalArgumentException("apgd: norm " + threat.norm() + ": has linf and l2");
    }
    if (steps < 1 || restarts < 1 || targets < 0) {
      throw new IllegalArgumentException(
          "apgd: steps "
              + steps
              + ", restarts "
              + restarts
              + ": must be 1 or more; targets "
              + targets
              + ": 0 or more");
    }
    if (targets > 0 && goal.isTargeted()) {
      throw new IllegalArgumentException("apgd: goes " + goal + " or at several targets, not both");
    }
  }

  private static Apgd of(ThreatModel threat, Loss loss, int targets) {
    return new Apgd(threat, Goal.UNTARGETED, loss, targets, 100, 1, 0.75, 0);
  }

  /** Raising the cross-entropy. */
  public static Apgd ce(ThreatModel threat) {
    return of(threat, Loss.CROSS_ENTROPY, 0);
  }

  /** Raising the difference of logits ratio. */
  public static Apgd dlr(ThreatModel threat) {
    return of(threat, Loss.DLR, 0);
  }

  /** Raising its targeted form at the nine likeliest wrong classes (section 4.2). */
  public static Apgd targeted(ThreatModel threat) {
    return of(threat, Loss.DLR, 9);
  }

  /** With another seed of the random starts. */
  public Apgd seed(long other) {
    return new Apgd(threat, goal, loss, targets, steps, restarts, rho, other);
  }

  /** Raising another loss. */
  public Apgd loss(Loss other) {
    return new Apgd(threat, goal, other, targets, steps, restarts, rho, seed);
  }

  /** With another number of steps. */
  public Apgd steps(int n) {
    return new Apgd(threat, goal, loss, targets, n, restarts, rho, seed);
  }

  @Override
  public String name() {
    return targets == 0
        ? "apgd-" + loss.name()
        : loss.equals(Loss.DLR) ? "apgd-t" : "apgd-t-" + loss.name();
  }

  @Override
  public int rounds() {
    return restarts * Math.max(1, targets);
  }

  @Override
  public void run(Run run) {
    Aim about = run.aim();
    if (targets > 0) {
      Tensor logits = about.merged(run.victim().logits(run.images()));
      int rank = run.round() / restarts + 1;
      if (rank >= logits.shape().dim(1)) {
        return; // fewer wrong classes than targets
      }
      about = about.at(Logits.likely(logits, about.labels().toInts(), rank));
    }
    try (State state = new State(run, about)) {
      int last = 0;
      for (int checkpoint : checkpoints(steps)) {
        for (int step = last; step < checkpoint; step++) {
          try (Scope scope = Scope.open()) {
            state.step(step == 0 ? 1 : MOMENTUM);
          }
        }
        try (Scope scope = Scope.open()) {
          state.checkpoint(rho * (checkpoint - last));
        }
        last = checkpoint;
      }
    }
  }

  /** After which steps it is looked at how things go (section 3.2); the last is the end. */
  static List<Integer> checkpoints(int steps) {
    int interval = Math.max((int) (0.22 * steps), 1);
    int shorter = Math.max((int) (0.03 * steps), 1);
    int shortest = Math.max((int) (0.06 * steps), 1);
    List<Integer> after = new ArrayList<>();
    for (int at = interval; at < steps; at += interval) {
      after.add(at);
      interval = Math.max(interval - shorter, shortest);
    }
    after.add(steps);
    return after;
  }

  /** A random point on the sphere, its largest change being epsilon; then clipped. */
  private static Tensor start(Run run) {
    ThreatModel t = run.threat();
    SampleRandom random = run.random("start");
    Tensor direction =
        t.norm() == Norm.LINF ? random.uniform(run.image(), -1, 1) : random.normal(run.image());
    Tensor unit = direction.div(t.norm().size(direction).maximum(Float.MIN_NORMAL));
    return t.project(run.images(), run.images().add(unit.mul(t.epsilon())));
  }

  /** What goes from step to step, for each image by itself. */
  private final class State implements AutoCloseable {
    private final Run run;
    private final Aim about;
    private final Slot x;
    private final Slot before;
    private final Slot gradient;
    private final Slot loss;
    private final Slot bestX;
    private final Slot bestGradient;
    private final Slot bestLoss;
    private final Slot size;
    private final Slot rises;
    private final Slot halved;
    private final Slot lossAtCheck;

    State(Run run, Aim about) {
      this.run = run;
      this.about = about;
      try (Scope scope = Scope.open()) {
        Tensor start = start(run);
        Gradients at = ask(start);
        x = new Slot(start);
        before = new Slot(start);
        gradient = new Slot(at.gradient());
        loss = new Slot(at.value());
        bestX = new Slot(start);
        bestGradient = new Slot(at.gradient());
        bestLoss = new Slot(at.value());
        size = new Slot(run.each(2 * threat.epsilon()));
        rises = new Slot(at.value().mul(0));
        halved = new Slot(at.value().mul(0).add(1));
        lossAtCheck = new Slot(at.value());
      }
    }

    private Gradients ask(Tensor at) {
      Gradients found = run.gradient(at, Apgd.this.loss, about);
      run.offer(at, found.logits());
      return found;
    }

    /** Lines 7 and 8: a step, drawn on by the one before it. */
    void step(double momentum) {
      Tensor here = x.get();
      Tensor up = threat.steepest(here, gradient.get()).mul(size.get());
      Tensor z = threat.project(run.images(), here.add(up));
      Tensor drawn = z.sub(here).mul(momentum).add(here.sub(before.get()).mul(1 - momentum));
      Tensor next = threat.project(run.images(), here.add(drawn));
      Gradients at = ask(next);
      rises.set(rises.get().add(at.value().gt(loss.get())));
      before.set(here);
      x.set(next);
      gradient.set(at.gradient());
      loss.set(at.value());
      Tensor better = at.value().gt(bestLoss.get());
      bestX.set(run.perImage(better), next);
      bestGradient.set(run.perImage(better), at.gradient());
      bestLoss.set(better, at.value());
    }

    /** Lines 13 to 15: halves the step where conditions 1 or 2 hold, and goes back to the best. */
    void checkpoint(double enough) {
      Tensor oscillates = rises.get().le(enough);
      Tensor stuck = halved.get().eq(0).mul(lossAtCheck.get().ge(bestLoss.get()));
      Tensor halve = oscillates.maximum(stuck);
      Tensor where = run.perImage(halve);
      size.set(where, size.get().mul(0.5));
      x.set(where, bestX.get());
      gradient.set(where, bestGradient.get());
      halved.set(halve);
      lossAtCheck.set(bestLoss.get());
      rises.set(rises.get().mul(0));
    }

    @Override
    public void close() {
      for (Slot slot :
          new Slot[] {
            x,
            before,
            gradient,
            loss,
            bestX,
            bestGradient,
            bestLoss,
            size,
            rises,
            halved,
            lossAtCheck
          }) {
        slot.close();
      }
    }
  }
}
