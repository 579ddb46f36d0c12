package dev.teak.defenses;

import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Numbers;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * Adversarial training: every batch is replaced by what an attack makes of it against the model as
 * it stands (Goodfellow et al., ICLR 2015, section 6, for FGSM; Madry et al., ICLR 2018, equation
 * 2.1, for PGD). It changes training alone, so any attack on the trained model is adaptive already.
 * Images must have their pixels in 0..1; what other parts of a {@link Training} made of them before
 * is clipped to that.
 *
 * @param by the attack
 * @param epsilon of the attack in L-infinity, pixels in 0..1
 * @param warmup training steps over which epsilon rises to its full size; 1 for the whole of it
 *     from the start
 */
public record AdversarialTraining(By by, double epsilon, int warmup) implements Part, Stage {
  private static final int PGD_STEPS = 10;

  /** Training steps over which PGD's epsilon rises to its full size, if nothing else is said. */
  public static final int WARMUP = 800;

  /** The attack whose images are trained on. */
  public enum By {
    /**
     * One step. Known to collapse on occasion (catastrophic overfitting): the model then holds
     * against FGSM and falls to PGD; evaluate with PGD.
     */
    FGSM("adv-fgsm", 1),
    /** Ten steps from a random start. */
    PGD("adv-pgd", WARMUP);

    private final String text;
    private final int warmup;

    By(String text, int warmup) {
      this.text = text;
      this.warmup = warmup;
    }

    /** As the notation has it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** Rejects a negative epsilon and a warm-up below one step. */
  public AdversarialTraining {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException(
          by + ": epsilon " + epsilon + ": must be 0 or more, and finite");
    }
    if (warmup < 1) {
      throw new IllegalArgumentException(by + ": warmup " + warmup + ": must be 1 or more");
    }
  }

  /** On FGSM examples. */
  public static AdversarialTraining fgsm(double epsilon) {
    return of(By.FGSM, epsilon);
  }

  /**
   * On PGD examples: 10 steps of epsilon / 4 from a random start. The paper takes 40 of epsilon /
   * 30 on MNIST; fewer and longer ones reach the edge of the ball as well, at a quarter of the
   * time. Epsilon rises linearly over the first {@link #WARMUP} steps of training: under the whole
   * of it from the start, a small model is stuck at chance for the first epoch.
   */
  public static AdversarialTraining pgd(double epsilon) {
    return of(By.PGD, epsilon);
  }

  /** On the examples of an attack, with its usual warm-up. */
  public static AdversarialTraining of(By by, double epsilon) {
    return new AdversarialTraining(by, epsilon, by.warmup);
  }

  /** With epsilon rising over another number of steps, 1 or more. */
  public AdversarialTraining warmup(int steps) {
    return new AdversarialTraining(by, epsilon, steps);
  }

  private Attack attack(long step) {
    double now = epsilon * Math.min(1, (step + 1.0) / warmup);
    return switch (by) {
      case FGSM -> Fgsm.linf(now);
      case PGD -> Pgd.linf(now).steps(PGD_STEPS).stepSize(now / 4).seed(step);
    };
  }

  /**
   * What earlier parts made of images, brought into the attack's range. The images themselves must
   * lie within it: those of another range would be clipped to nothing.
   *
   * @throws IllegalArgumentException if they do not
   */
  Tensor intoRange(Tensor images, Tensor changed) {
    ThreatModel threat = attack(0).threat();
    double outside = images.lt(threat.low()).add(images.gt(threat.high())).sum().item();
    if (outside > 0) {
      throw new IllegalArgumentException(
          this
              + ": "
              + (long) outside
              + " pixels of the images "
              + images.shape()
              + " lie outside the attack's range "
              + threat.low()
              + ".."
              + threat.high()
              + ", to which masks before it are clipped; bring the images into it first");
    }
    return threat.clip(changed);
  }

  /** {@inheritDoc} Pixels outside 0..1 are refused. */
  @Override
  public Tensor transform(Module model, Tensor images, Tensor labels, long step) {
    return attack(step).perturb(model, images, labels).images();
  }

  /** The random starts depend on the images and the step, on no seed. */
  @Override
  public Stage on(Module model, Shape image, long seed) {
    return this;
  }

  /** The notation of {@link Parts}. */
  @Override
  public String toString() {
    return by + " " + Numbers.exact(epsilon) + (warmup == by.warmup ? "" : " warmup " + warmup);
  }
}
