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
import java.util.Arrays;

/**
 * The boundary attack (Brendel et al., "Decision-based adversarial attacks", ICLR 2018, section 2):
 * from an image that reaches the goal, a random walk along the boundary, each step first around the
 * clean image on a sphere and then towards it. Both step sizes begin at 0.01 and are grown or cut
 * by half as much again, so that about half of the steps around and a quarter of those inwards
 * succeed, by the last 100 and 30 of every tenth step. 25,000 steps, fewer where the inward step
 * has fallen below 1e-7. Only decisions are used.
 *
 * @param threat L2
 * @param goal what to reach
 * @param steps at most, 1 or more
 * @param around first step size around, as a share of the distance
 * @param inwards first step size inwards, likewise
 * @param tries random images to begin from, 1 or more
 * @param seed of the walk
 */
public record Boundary(
    ThreatModel threat, Goal goal, int steps, double around, double inwards, int tries, long seed)
    implements MinimumNormAttack {
  private static final double ADAPT = 1.5;
  private static final double CONVERGED = 1e-7;
  private static final int EVERY = 10;

  /** Rejects other norms and settings out of range. */
  public Boundary {
    if (threat.norm() != Norm.L2) {
      throw new IllegalArgumentException("boundary: norm " + threat.norm() + ": has l2");
    }
    if (steps < 1 || tries < 1 || !(around > 0) || !(inwards > 0)) {
      throw new IllegalArgumentException(
          "boundary: steps "
              + steps
              + ", tries "
              + tries
              + ": must be 1 or more; around "
              + around
              + ", inwards "
              + inwards
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static Boundary of(ThreatModel threat) {
    return new Boundary(threat, Goal.UNTARGETED, 25_000, 0.01, 0.01, 1000, 0);
  }

  @Override
  public String name() {
    return "boundary";
  }

  @Override
  public void run(Run run) {
    int n = run.size();
    double[] turn = new double[n];
    double[] pull = new double[n];
    Arrays.fill(turn, around);
    Arrays.fill(pull, inwards);
    Tally turns = new Tally(n, 100, 0.2, 0.5);
    Tally pulls = new Tally(n, 30, 0.1, 0.25);
    SampleRandom random = run.random("walk");
    try (Slot best = new Slot(Starts.noise(run, tries))) {
      run.offer(best.get());
      for (int step = 1; step <= steps && !converged(pull); step++) {
        try (Scope scope = Scope.open()) {
          Tensor sphere = aroundTheImage(run, best.get(), turn, random);
          Tensor candidate = towardsTheImage(run, best.get(), sphere, pull);
          Tensor logits = run.victim().logits(candidate);
          Tensor there = run.perImage(run.reached(logits));
          Tensor nearer =
              Norm.L2
                  .size(candidate.sub(run.images()))
                  .lt(Norm.L2.size(best.get().sub(run.images())));
          run.offer(candidate, logits);
          best.set(there.mul(nearer).mul(each(going(pull))), candidate);
          if (step % EVERY == 0) {
            turns.add(Starts.reached(run, sphere).toDoubles());
            pulls.add(there.toDoubles());
            turns.adapt(turn, pull);
            pulls.adapt(pull);
          }
        }
      }
    }
  }

  private static boolean converged(double... pull) {
    return Arrays.stream(pull).allMatch(p -> p < CONVERGED);
  }

  private static double[] going(double... pull) {
    return Arrays.stream(pull).map(p -> p < CONVERGED ? 0 : 1).toArray();
  }

  private static Tensor each(double... values) {
    return Tensor.of(values, values.length, 1, 1, 1);
  }

  private static Tensor dot(Tensor a, Tensor b) {
    return a.mul(b).sumKeepDims(1, 2, 3);
  }

  /** A random step at right angles to the way back, then onto the sphere about the image. */
  private Tensor aroundTheImage(Run run, Tensor best, double[] turn, SampleRandom random) {
    Tensor back = run.images().sub(best);
    Tensor distance = Norm.L2.size(back).maximum(Float.MIN_NORMAL);
    Tensor unit = back.div(distance);
    Tensor eta = random.normal(run.image());
    eta = eta.sub(unit.mul(dot(eta, unit)));
    Tensor length = each(turn).mul(distance).div(Norm.L2.size(eta).maximum(Float.MIN_NORMAL));
    Tensor onSphere = eta.mul(length).sub(back).div(each(turn).square().add(1).sqrt());
    return threat.clip(run.images().add(onSphere));
  }

  /** A step towards the image, longer by what clipping took off the sphere. */
  private Tensor towardsTheImage(Run run, Tensor best, Tensor sphere, double... pull) {
    Tensor distance = Norm.L2.size(run.images().sub(best));
    Tensor back = run.images().sub(sphere);
    Tensor now = Norm.L2.size(back).maximum(Float.MIN_NORMAL);
    Tensor length = each(pull).mul(distance).add(now).sub(distance).maximum(0).div(now);
    return threat.clip(sphere.add(back.mul(length)));
  }

  /** How many of the last steps of each image succeeded, once there were enough. */
  private static final class Tally {
    private final int enough;
    private final double few;
    private final double many;
    private final int[] seen;
    private final double[] succeeded;

    Tally(int n, int enough, double few, double many) {
      this.enough = enough;
      this.few = few;
      this.many = many;
      this.seen = new int[n];
      this.succeeded = new double[n];
    }

    void add(double... there) {
      for (int i = 0; i < seen.length; i++) {
        if (seen[i] == enough) { // the mean goes on: one leaves for each that comes
          succeeded[i] -= succeeded[i] / enough;
          seen[i]--;
        }
        seen[i]++;
        succeeded[i] += there[i];
      }
    }

    /** Longer steps where many succeeded, shorter where few did; then counts anew. */
    void adapt(double[]... sizes) {
      for (int i = 0; i < seen.length; i++) {
        double rate = succeeded[i] / enough;
        if (seen[i] == enough && (rate > many || rate < few)) {
          for (double[] size : sizes) {
            size[i] *= rate > many ? ADAPT : 1 / ADAPT;
          }
          seen[i] = 0;
          succeeded[i] = 0;
        }
      }
    }
  }
}
