package dev.teak.attacks.gradient;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;

/**
 * I-FGSM with a memory of its gradients, made for transfer to other models: 10 steps of epsilon /
 * 10. All variants are one loop:
 *
 * <ul>
 *   <li>mifgsm: momentum, decay 1 (Dong et al., "Boosting adversarial attacks with momentum", CVPR
 *       2018, algorithm 1);
 *   <li>nifgsm: the gradient where the momentum leads (Lin et al., "Nesterov accelerated gradient",
 *       ICLR 2020, section 3.1);
 *   <li>vmifgsm, vnifgsm: the gradient corrected by its mean over 20 neighbours within 1.5 epsilon
 *       at the step before (Wang and He, "Enhancing the transferability", CVPR 2021, algorithm 1);
 *   <li>difgsm: the gradient through a random resize and padding, with probability 0.5 (Xie et al.,
 *       "Improving transferability with input diversity", CVPR 2019, section 3.3; there images grow
 *       by a tenth, here they shrink by up to a tenth, since nets take one size).
 * </ul>
 *
 * @param threat the bound
 * @param goal what to reach
 * @param loss what to raise
 * @param steps gradient steps, 1 or more
 * @param stepSize length of a step in the threat model's norm
 * @param decay share of the momentum that stays, 0 for none
 * @param nesterov whether the gradient is taken ahead
 * @param neighbours points that tune the variance, 0 for none
 * @param reach how far they lie, in epsilons
 * @param diversity probability of a resized input
 * @param seed of neighbours and resizing
 */
public record MomentumFgsm(
    ThreatModel threat,
    Goal goal,
    Loss loss,
    int steps,
    double stepSize,
    double decay,
    boolean nesterov,
    int neighbours,
    double reach,
    double diversity,
    long seed)
    implements FixedEpsilonAttack {
  private static final int STEPS = 10;

  /** Rejects what is no number of steps or neighbours and no probability. */
  public MomentumFgsm {
    new Ascent(steps, stepSize);
    if (neighbours < 0 || !(reach >= 0) || !(decay >= 0) || !(diversity >= 0 && diversity <= 1)) {
      throw new IllegalArgumentException(
          "momentum: neighbours "
              + neighbours
              + ", reach "
              + reach
              + ", decay "
              + decay
              + ": must be 0 or more; diversity "
              + diversity
              + ": a probability");
    }
  }

  private static MomentumFgsm of(
      ThreatModel t, double decay, boolean nesterov, int neighbours, double diversity) {
    return new MomentumFgsm(
        t,
        Goal.UNTARGETED,
        Loss.CROSS_ENTROPY,
        STEPS,
        t.epsilon() / STEPS,
        decay,
        nesterov,
        neighbours,
        1.5,
        diversity,
        0);
  }

  /** MI-FGSM. */
  public static MomentumFgsm mi(ThreatModel threat) {
    return of(threat, 1, false, 0, 0);
  }

  /** NI-FGSM. */
  public static MomentumFgsm ni(ThreatModel threat) {
    return of(threat, 1, true, 0, 0);
  }

  /** VMI-FGSM. */
  public static MomentumFgsm vmi(ThreatModel threat) {
    return of(threat, 1, false, 20, 0);
  }

  /** VNI-FGSM. */
  public static MomentumFgsm vni(ThreatModel threat) {
    return of(threat, 1, true, 20, 0);
  }

  /** DI-FGSM, without momentum as the paper's DI2-FGSM. */
  public static MomentumFgsm di(ThreatModel threat) {
    return of(threat, 0, false, 0, 0.5);
  }

  @Override
  public String name() {
    String how = (neighbours > 0 ? "v" : "") + (nesterov ? "n" : "m") + "ifgsm";
    return diversity == 0 ? how : decay == 0 ? "difgsm" : "d" + how;
  }

  @Override
  public void run(Run run) {
    SampleRandom near = run.random("neighbours");
    SampleRandom sizes = run.random("diversity");
    try (Slot momentum = new Slot(run.images().mul(0));
        Slot variance = new Slot(run.images().mul(0))) {
      new Ascent(steps, stepSize)
          .climb(
              run,
              run.images(),
              x -> {
                Tensor at = nesterov ? x.add(momentum.get().mul(decay * stepSize)) : x;
                Tensor g = gradient(run, at, sizes);
                Tensor tuned = neighbours == 0 ? g : g.add(variance.get());
                momentum.set(momentum.get().mul(decay).add(normalised(tuned)));
                if (neighbours > 0) {
                  variance.set(meanNearby(run, x, near, sizes).sub(g));
                }
                return momentum.get();
              });
    }
  }

  private Tensor gradient(Run run, Tensor x, SampleRandom sizes) {
    if (diversity == 0) {
      return run.gradient(x, loss).gradient();
    }
    DiverseInputs.Maps maps = DiverseInputs.draw(run.image(), diversity, sizes);
    double black = threat.low();
    Tensor resized = maps.apply(x.sub(black)).add(black); // what is around is black, not 0
    return maps.back(run.gradient(resized, loss).gradient());
  }

  private Tensor meanNearby(Run run, Tensor x, SampleRandom near, SampleRandom sizes) {
    double radius = reach * threat.epsilon();
    try (Slot sum = new Slot(x.mul(0))) {
      for (int k = 0; k < neighbours; k++) {
        try (Scope scope = Scope.open()) {
          Tensor neighbour = x.add(near.uniform(run.image(), -radius, radius));
          sum.set(sum.get().add(gradient(run, neighbour, sizes)));
        }
      }
      return sum.get().div(neighbours);
    }
  }

  /** Over its mean absolute entry: of size about 1 a pixel, as the authors' code has it. */
  private static Tensor normalised(Tensor gradient) {
    return gradient.div(gradient.abs().meanKeepDims(1, 2, 3).maximum(Float.MIN_NORMAL));
  }
}
