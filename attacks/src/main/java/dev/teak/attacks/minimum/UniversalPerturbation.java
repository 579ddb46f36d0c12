package dev.teak.attacks.minimum;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Images;

/**
 * One change for all images (Moosavi-Dezfooli et al., "Universal adversarial perturbations", CVPR
 * 2017). It is found on some images by {@link Fit} and then tried on others.
 *
 * @param threat the bound
 * @param delta the change, as long as an image
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UniversalPerturbation(ThreatModel threat, float[] delta)
    implements FixedEpsilonAttack {
  @Override
  public String name() {
    return "universal";
  }

  @Override
  public Goal goal() {
    return Goal.UNTARGETED;
  }

  @Override
  public void run(Run run) {
    Shape s = run.image();
    Tensor all = Tensor.of(delta, 1, s.dim(0), s.dim(1), s.dim(2));
    run.offer(threat.project(run.images(), run.images().add(all)));
  }

  @Override
  public String toString() {
    return "UniversalPerturbation[threat=" + threat + "]";
  }

  /**
   * How it is found (algorithm 1): for one image after the other that is not fooled yet, DeepFool's
   * smallest further change is added and the sum projected; over and over until the share fooled is
   * reached.
   *
   * @param threat the bound, in L2 or L-infinity
   * @param fooled the share of the images to be fooled; the paper's is 0.8
   * @param passes over the images, at most; the authors' code has 10
   * @param overshoot DeepFool's, by which each change crosses the boundary
   */
  public record Fit(ThreatModel threat, double fooled, int passes, double overshoot) {
    /** Rejects other norms and settings out of range. */
    public Fit {
      Minimum.requireNorm("universal", threat, Norm.L2, Norm.LINF);
      if (!(fooled > 0 && fooled <= 1) || passes < 1) {
        throw new IllegalArgumentException(
            "universal: share fooled "
                + fooled
                + ": must be in (0, 1]; passes "
                + passes
                + ": 1 or more");
      }
    }

    /** The authors' settings. */
    public static Fit of(ThreatModel threat) {
      return new Fit(threat, 0.8, 10, 0.02);
    }

    /** Finds it on these images. */
    public UniversalPerturbation on(Module model, Examples examples) {
      DeepFool step =
          new DeepFool(
              new ThreatModel(threat.norm(), Double.POSITIVE_INFINITY, threat.low(), threat.high()),
              Goal.UNTARGETED,
              50,
              overshoot,
              10);
      Victim victim = Victim.of(model);
      UniversalPerturbation found =
          new UniversalPerturbation(threat, new float[examples.image().size()]);
      for (int pass = 0; pass < passes && share(model, found, examples) < fooled; pass++) {
        for (int i = 0; i < examples.size(); i++) {
          try (Scope scope = Scope.open()) {
            Batch one = examples.batch(new int[] {i}, 0, 1);
            found = found.with(step, victim, one);
          }
        }
      }
      return found;
    }

    private double share(Module model, UniversalPerturbation found, Examples examples) {
      Images changed = new Changed(examples.images(), threat, found.delta);
      return 1 - Evaluate.accuracy(model, new Examples(changed, examples.labels()));
    }
  }

  /** Images with the perturbation on them. */
  @SuppressWarnings("ArrayRecordComponent") // the perturbation's own, never compared
  private record Changed(Images whole, ThreatModel threat, float[] delta) implements Images {
    @Override
    public int size() {
      return whole.size();
    }

    @Override
    public Shape image() {
      return whole.image();
    }

    @Override
    public void read(int index, float[] to, int at) {
      whole.read(index, to, at);
      for (int i = 0; i < delta.length; i++) {
        to[at + i] = threat.clip((double) to[at + i] + delta[i]);
      }
    }
  }

  /** Grown by what the image still lacks; itself where it is fooled already. */
  private UniversalPerturbation with(DeepFool step, Victim victim, Batch one) {
    AdversarialBatch here = perturb(victim, one.images(), one.labels());
    if (here.success()[0]) {
      return this;
    }
    AdversarialBatch there = step.perturb(victim, here.images(), one.labels());
    Shape s = one.images().shape();
    Tensor sum =
        Tensor.of(delta, 1, s.dim(1), s.dim(2), s.dim(3)).add(there.images().sub(here.images()));
    Tensor radius = Tensor.full(sum.device(), Shape.of(1, 1, 1, 1), threat.reach(delta.length));
    return new UniversalPerturbation(threat, threat.norm().project(sum, radius).toFloats());
  }
}
