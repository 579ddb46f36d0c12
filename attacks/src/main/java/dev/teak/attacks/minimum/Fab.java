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
 * The fast adaptive boundary attack (Croce and Hein, "Minimally distorted adversarial examples with
 * a fast adaptive boundary attack", ICML 2020, algorithm 1): the point and the image are both
 * projected onto the nearest boundary of the model made linear, within the pixel range, and the
 * next point lies between the two, the nearer to the image the better the point already is (alpha
 * at most 0.1), a little beyond the boundary (eta 1.05). Where the goal is reached the point goes
 * back towards the image (beta 0.9). 100 steps. Restarts begin at random points.
 *
 * @param threat L1, L2 or L-infinity
 * @param goal what to reach
 * @param targets untargeted, but run at this many of the likeliest wrong classes in turn, which
 *     takes one gradient a step, not one a class (FAB-T); 0 for all at once
 * @param steps 1 or more
 * @param restarts runs, 1 or more; all but the first from a random point
 * @param alphaMax at most 1
 * @param eta at least 1
 * @param beta in (0, 1)
 * @param seed of the restarts
 */
public record Fab(
    ThreatModel threat,
    Goal goal,
    int targets,
    int steps,
    int restarts,
    double alphaMax,
    double eta,
    double beta,
    long seed)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public Fab {
    Minimum.requireNorm("fab", threat, Norm.L1, Norm.L2, Norm.LINF);
    boolean counts = steps >= 1 && restarts >= 1 && targets >= 0;
    boolean shares = alphaMax >= 0 && alphaMax <= 1 && eta >= 1 && beta > 0 && beta < 1;
    if (!counts || !shares || (targets > 0 && goal.isTargeted())) {
      throw new IllegalArgumentException(
          "fab: steps "
              + steps
              + ", restarts "
              + restarts
              + ": must be 1 or more; targets "
              + targets
              + ": 0 or more, and 0 where the goal is a class; alpha "
              + alphaMax
              + ": in 0..1; eta "
              + eta
              + ": 1 or more; beta "
              + beta
              + ": in (0, 1)");
    }
  }

  /** The authors' settings, all classes at once. */
  public static Fab of(ThreatModel threat) {
    return new Fab(threat, Goal.UNTARGETED, 0, 100, 1, 0.1, 1.05, 0.9, 0);
  }

  /** FAB-T as AutoAttack runs it: nine classes in turn. */
  public static Fab targeted(ThreatModel threat) {
    return new Fab(threat, Goal.UNTARGETED, 9, 100, 1, 0.1, 1.05, 0.9, 0);
  }

  /** With another seed. */
  public Fab seed(long other) {
    return new Fab(threat, goal, targets, steps, restarts, alphaMax, eta, beta, other);
  }

  @Override
  public String name() {
    return targets == 0 ? "fab" : "fab-t";
  }

  @Override
  public int rounds() {
    return restarts * Math.max(1, targets);
  }

  @Override
  public void run(Run run) {
    LogitFunction[] boundaries = boundaries(run);
    if (boundaries.length == 0) {
      return; // fewer wrong classes than targets
    }
    try (Slot x = new Slot(start(run))) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor next = next(run, x.get(), boundaries);
          Tensor logits = run.victim().logits(next);
          run.offer(next, logits);
          Tensor reached = run.perImage(run.reached(logits));
          Tensor back = run.images().add(next.sub(run.images()).mul(beta));
          x.set(reached.where(back, next));
        }
      }
    }
  }

  private Tensor start(Run run) {
    if (run.round() % restarts == 0) {
      return run.images();
    }
    double far = threat.isBounded() ? threat.epsilon() : threat.widest(run.image().size());
    return threat.withEpsilon(far / 2).random(run.images(), run.random("start"));
  }

  /** For each class to be reached, how far its logit is above the one to be left. */
  private LogitFunction[] boundaries(Run run) {
    Aim aim = run.aim();
    if (aim.isTargeted()) {
      return new LogitFunction[] {aim::margin};
    }
    Tensor logits = aim.merged(run.victim().logits(run.images()));
    int others = logits.shape().dim(1) - 1;
    int rank = run.round() / restarts + 1;
    return IntStream.rangeClosed(targets == 0 ? 1 : rank, targets == 0 ? others : rank)
        .filter(k -> k <= others)
        .mapToObj(k -> Logits.likely(logits, aim.labels().toInts(), k))
        .map(c -> (LogitFunction) z -> aim.above(z, c))
        .toArray(LogitFunction[]::new);
  }

  private Tensor next(Run run, Tensor x, LogitFunction... boundaries) {
    Gradients g = run.gradients(x, boundaries);
    Tensor f = run.perImage(g.value());
    Tensor w = g.gradient();
    Tensor least = distance(f, w);
    for (int k = 1; k < boundaries.length; k++) {
      Tensor other = run.perImage(g.values().get(k));
      Tensor distance = distance(other, g.gradients().get(k));
      Tensor nearer = distance.lt(least);
      least = nearer.where(distance, least);
      f = nearer.where(other, f);
      w = nearer.where(g.gradients().get(k), w);
    }
    // Not onto the boundary, which would not be across: as far beyond it as the goal needs.
    Tensor step = threat.norm().dual(w).mul(threat.finest(run.image().size()));
    f = f.sub(run.perImage(run.needed(g.logits())).maximum(step));
    // The same plane as seen from the image: there the linear function is w . (image - x) higher.
    Tensor atImage = f.add(w.mul(run.images().sub(x)).sumKeepDims(1, 2, 3));
    Tensor fromX = Hyperplane.project(threat, x, f.reshape(run.size()), w);
    Tensor fromImage = Hyperplane.project(threat, run.images(), atImage.reshape(run.size()), w);
    return between(x.add(fromX.mul(eta)), run.images().add(fromImage.mul(eta)), fromX, fromImage);
  }

  /** Between both projections, the nearer to the image's the farther x was from the plane. */
  private Tensor between(Tensor ofX, Tensor ofImage, Tensor fromX, Tensor fromImage) {
    double least = 1e-8 * threat.range();
    Tensor far = threat.norm().size(fromX).maximum(least);
    Tensor whole = far.add(threat.norm().size(fromImage).maximum(least));
    Tensor alpha = far.div(whole).minimum(alphaMax);
    return threat.clip(ofX.mul(alpha.neg().add(1)).add(ofImage.mul(alpha)));
  }

  private Tensor distance(Tensor f, Tensor w) {
    return f.abs().div(threat.norm().dual(w).maximum(Float.MIN_NORMAL));
  }
}
