package dev.teak.defenses;

import dev.teak.attacks.Attack;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.BatchTransform;
import java.util.function.LongFunction;

/**
 * Adversarial training: every batch is replaced by what an attack makes of it against the model as
 * it stands (Goodfellow et al., ICLR 2015, section 6, for FGSM; Madry et al., ICLR 2018, equation
 * 2.1, for PGD). It changes training alone, so any attack on the trained model is adaptive already.
 *
 * @param name for reports
 * @param attack the attack of a training step, by the step's number, which seeds its random start
 */
public record AdversarialTraining(String name, LongFunction<Attack> attack)
    implements BatchTransform {
  private static final int PGD_STEPS = 10;

  /** Training steps over which PGD's epsilon rises to its full size. */
  public static final int WARMUP = 800;

  /**
   * On FGSM examples. Known to collapse on occasion (catastrophic overfitting): the model then
   * holds against FGSM and falls to PGD; evaluate with PGD.
   */
  public static AdversarialTraining fgsm(double epsilon) {
    return new AdversarialTraining("adv-fgsm", step -> Fgsm.linf(epsilon));
  }

  /**
   * On PGD examples: 10 steps of epsilon / 4 from a random start. The paper takes 40 of epsilon /
   * 30 on MNIST; fewer and longer ones reach the edge of the ball as well, at a quarter of the
   * time. Epsilon rises linearly over the first {@link #WARMUP} steps of training: under the whole
   * of it from the start, a small model is stuck at chance for the first epoch.
   */
  public static AdversarialTraining pgd(double epsilon) {
    return pgd(epsilon, WARMUP);
  }

  /** As {@link #pgd(double)}, with epsilon rising over another number of steps, 1 or more. */
  public static AdversarialTraining pgd(double epsilon, int warmup) {
    return new AdversarialTraining("adv-pgd", step -> pgdAt(epsilon, step, warmup));
  }

  private static Pgd pgdAt(double epsilon, long step, int warmup) {
    double now = epsilon * Math.min(1, (step + 1.0) / warmup);
    return Pgd.linf(now).steps(PGD_STEPS).stepSize(now / 4).seed(step);
  }

  @Override
  public Tensor apply(Module model, Tensor images, Tensor labels, long step) {
    return attack.apply(step).perturb(model, images, labels).images();
  }
}
