package dev.teak.attacks;

import dev.teak.engine.Autograd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * Projected gradient descent (Madry et al., "Towards deep learning models resistant to adversarial
 * attacks", ICLR 2018, section 2.1): from a random point of the ball, step along the steepest
 * direction and project. The defaults are that paper's for MNIST: 40 steps of epsilon / 30, one
 * restart. Of several restarts the one with the largest margin is kept for each image.
 *
 * @param threat the bound
 * @param goal what to reach
 * @param steps gradient steps, 1 or more
 * @param stepSize length of a step in the threat model's norm
 * @param randomStart whether to begin at a random point, else at the image
 * @param restarts independent runs, 1 or more
 * @param seed of the random starts
 */
public record Pgd(
    ThreatModel threat,
    Goal goal,
    int steps,
    double stepSize,
    boolean randomStart,
    int restarts,
    long seed)
    implements Attack {

  /** Rejects counts below 1 and a step that is not positive. */
  public Pgd {
    if (steps < 1 || restarts < 1) {
      throw new IllegalArgumentException(
          "pgd: steps " + steps + ", restarts " + restarts + ": both must be 1 or more");
    }
    if (!(stepSize >= 0) || Double.isInfinite(stepSize)) {
      throw new IllegalArgumentException("pgd: step size " + stepSize + ": must be 0 or more");
    }
  }

  /** The paper's defaults under a threat model. */
  public static Pgd of(ThreatModel threat) {
    return new Pgd(threat, Goal.UNTARGETED, 40, threat.epsilon() / 30, true, 1, 0);
  }

  /** L-infinity, the paper's defaults. */
  public static Pgd linf(double epsilon) {
    return of(ThreatModel.linf(epsilon));
  }

  /** L2, the paper's defaults. */
  public static Pgd l2(double epsilon) {
    return of(ThreatModel.l2(epsilon));
  }

  /** With another number of steps. */
  public Pgd steps(int n) {
    return new Pgd(threat, goal, n, stepSize, randomStart, restarts, seed);
  }

  /** With another step size. */
  public Pgd stepSize(double size) {
    return new Pgd(threat, goal, steps, size, randomStart, restarts, seed);
  }

  /** With another number of restarts. */
  public Pgd restarts(int n) {
    return new Pgd(threat, goal, steps, stepSize, randomStart, n, seed);
  }

  /** Beginning at the image itself. */
  public Pgd fromTheImage() {
    return new Pgd(threat, goal, steps, stepSize, false, restarts, seed);
  }

  /** With a goal. */
  public Pgd goal(Goal other) {
    return new Pgd(threat, other, steps, stepSize, randomStart, restarts, seed);
  }

  /** With another seed of the random starts. */
  public Pgd seed(long other) {
    return new Pgd(threat, goal, steps, stepSize, randomStart, restarts, other);
  }

  @Override
  public String name() {
    return "pgd";
  }

  @Override
  public AdversarialBatch perturb(Module model, Tensor images, Tensor labels) {
    try (Module.Evaluating eval = model.evaluating();
        Scope scope = Scope.open()) {
      Candidates best = new Candidates(threat, goal, model, images, labels);
      RandomStream random = new RandomStream(seed, "pgd");
      for (int restart = 0; restart < restarts; restart++) {
        try (Scope run = Scope.open()) {
          Tensor x = images;
          if (randomStart) {
            x = threat.norm().random(images.shape(), threat.epsilon(), random);
            x = threat.project(images, images.add(x));
          }
          for (int step = 0; step < steps; step++) {
            try (Scope s = Scope.open()) {
              x = s.keep(threat.step(images, x, gradient(model, x, best), stepSize));
            }
          }
          best.offer(x, run);
        }
      }
      AdversarialBatch result = best.result();
      scope.keep(result.images());
      return result;
    }
  }

  /** Gradient of the objective, summed over the batch, so that no sample's depends on another's. */
  private Tensor gradient(Module model, Tensor x, Candidates counted) {
    Tensor leaf = x.detach().requiresGrad(true);
    Tensor objective = goal.objective(model.forward(leaf), counted.labels()).sum();
    Tensor gradient = Autograd.grad(objective, leaf);
    counted.countGradient(gradient);
    return gradient;
  }
}
