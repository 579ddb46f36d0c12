package dev.teak.attacks.minimum;

import dev.teak.attacks.Aim;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Logits;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim.Gradients;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * The Jacobian saliency map attack (Papernot et al., "The limitations of deep learning in
 * adversarial settings", EuroS&P 2016, algorithms 2 and 3): in each step the pair of pixels changes
 * by theta whose slope is largest for the target and falls most for all other classes together. The
 * paper's theta is 1, of at most 14.5 in a hundred pixels. Slopes are those of the logits.
 * Untargeted it aims at the likeliest wrong class.
 *
 * @param threat L0
 * @param goal what to reach
 * @param theta what a chosen pixel changes by, in units of the pixel range, not 0; below 0 for
 *     darker
 * @param gamma share of the pixel values that may change, in (0, 1]
 */
public record Jsma(ThreatModel threat, Goal goal, double theta, double gamma)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public Jsma {
    Minimum.requireNorm("jsma", threat, Norm.L0);
    if (theta == 0 || Double.isNaN(theta) || !(gamma > 0 && gamma <= 1)) {
      throw new IllegalArgumentException(
          "jsma: theta " + theta + ": must not be 0; gamma " + gamma + ": in (0, 1]");
    }
  }

  /** The paper's settings. */
  public static Jsma of(ThreatModel threat) {
    return new Jsma(threat, Goal.UNTARGETED, 1, 0.145);
  }

  @Override
  public String name() {
    return "jsma";
  }

  @Override
  public void run(Run run) {
    Aim aim = run.aim();
    if (!aim.isTargeted()) {
      Tensor logits = aim.merged(run.victim().logits(run.images()));
      aim = aim.at(Logits.likely(logits, aim.labels().toInts(), 1));
    }
    Tensor targets = aim.targets();
    int n = run.size();
    int size = run.image().size();
    float[] x = run.images().toFloats();
    boolean[] stuck = new boolean[n];
    for (int step = 0; step < (int) (size * gamma / 2); step++) {
      try (Scope scope = Scope.open()) {
        Tensor at = Tensor.of(x, run.images().shape().dims());
        Gradients g =
            run.gradients(at, z -> Logits.of(z, targets), z -> z.sum(1).sub(Logits.of(z, targets)));
        run.offer(at, g.logits());
        double[] reached = run.reached(g.logits()).toDoubles();
        float[] towards = g.gradients().get(0).toFloats();
        float[] others = g.gradients().get(1).toFloats();
        boolean any = false;
        for (int i = 0; i < n; i++) {
          if (reached[i] == 0 && !stuck[i]) {
            stuck[i] = !change(x, towards, others, i * size, size);
            any |= !stuck[i];
          }
        }
        if (!any) {
          return;
        }
      }
    }
    run.offer(Tensor.of(x, run.images().shape().dims()));
  }

  /** Changes the best pair of an image; says whether there was one. */
  private boolean change(float[] x, float[] towards, float[] others, int from, int size) {
    double sign = Math.signum(theta);
    double best = 0;
    int first = -1;
    int second = -1;
    for (int p = from; p < from + size; p++) {
      if (!isFree(x[p])) {
        continue;
      }
      for (int q = p + 1; q < from + size; q++) {
        double a = sign * (towards[p] + towards[q]);
        double b = sign * (others[p] + others[q]);
        if (a > 0 && b < 0 && -a * b > best && isFree(x[q])) {
          best = -a * b;
          first = p;
          second = q;
        }
      }
    }
    if (first < 0) {
      return false;
    }
    for (int p : new int[] {first, second}) {
      x[p] = threat.clip(x[p] + theta * threat.range());
    }
    return true;
  }

  private boolean isFree(float pixel) {
    return theta > 0 ? pixel < threat.most() : pixel > threat.least();
  }
}
