package dev.teak.defenses;

import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Numbers;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adversarial training: every batch is replaced by what an attack makes of it against the model as
 * it stands (Goodfellow et al., ICLR 2015, section 6, for FGSM; Madry et al., ICLR 2018, equation
 * 2.1, for PGD). It changes training alone, so any attack on the trained model is adaptive already.
 * Images must have their pixels in the attack's range; what other defenses made of them before is
 * clipped to that. The attack sees the model in eval mode, unless {@link
 * dev.teak.defenses.training.AttackInTrainMode} says otherwise.
 *
 * <p>FGSM is known to collapse on occasion (catastrophic overfitting): the model then holds against
 * FGSM and falls to PGD; evaluate with PGD.
 *
 * @param attack what makes the images; where it is random, by the step's number
 * @param warmup training steps over which the attack's epsilon rises to its full size, and what is
 *     a share of it with it; 1 for the whole of it from the start
 * @param clean whether the clean images stay in the batch beside the attacked ones
 */
public record AdversarialTraining(Attack attack, int warmup, boolean clean)
    implements TrainingDefense {
  private static final int PGD_STEPS = 10;

  /** Training steps over which the epsilon of {@link #pgd} rises, if nothing else is said. */
  public static final int WARMUP = 800;

  /** Rejects a warm-up below one step. */
  public AdversarialTraining {
    if (warmup < 1) {
      throw new IllegalArgumentException("warmup: " + warmup + ": must be 1 or more");
    }
  }

  /** On FGSM examples, pixels in 0..1. */
  public static AdversarialTraining fgsm(double epsilon) {
    return new AdversarialTraining(Fgsm.linf(epsilon), 1, false);
  }

  /**
   * On PGD examples, pixels in 0..1: 10 steps of epsilon / 4 from a random start. The paper takes
   * 40 of epsilon / 30 on MNIST; fewer and longer ones reach the edge of the ball as well, at a
   * quarter of the time. Epsilon rises linearly over the first {@link #WARMUP} steps of training:
   * under the whole of it from the start, a small model is stuck at chance for the first epoch.
   */
  public static AdversarialTraining pgd(double epsilon) {
    Pgd steps = Pgd.linf(epsilon).steps(PGD_STEPS).stepSize(epsilon / 4);
    return new AdversarialTraining(steps, WARMUP, false);
  }

  /** With epsilon rising over another number of steps, 1 or more. */
  public AdversarialTraining warmup(int steps) {
    return new AdversarialTraining(attack, steps, clean);
  }

  /** With the clean images beside the attacked ones, or not. */
  public AdversarialTraining clean(boolean kept) {
    return new AdversarialTraining(attack, warmup, kept);
  }

  /** Random starts depend on the images and the step, on no seed. */
  @Override
  public TrainingHooks on(Trainee trainee) {
    return new TrainingHooks() {
      /** Pixels outside the attack's range are refused. */
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        double share = Math.min(1, (step.number() + 1.0) / warmup);
        Tensor attacked =
            Settings.weaker(attack, share, step.number())
                .perturb(model, batch.images(), batch.labels())
                .images();
        return clean ? beside(batch, attacked) : batch.images(attacked);
      }
    };
  }

  private static Batch beside(Batch batch, Tensor attacked) {
    return new Batch(
        twice(batch.images(), attacked),
        twice(batch.labels(), batch.labels()),
        twice(batch.targets(), batch.targets()));
  }

  private static Tensor twice(Tensor first, Tensor second) {
    return Tensor.concat(0, List.of(first, second));
  }

  @Override
  public Optional<ThreatModel> threat() {
    return Optional.of(attack.threat());
  }

  @Override
  public double passes() {
    return passes(attack) + (clean ? 1 : 0);
  }

  /** About how many passes an attack takes for an image. */
  public static double passes(Attack attack) {
    Map<String, Object> settings = Settings.of(attack);
    Object steps = settings.getOrDefault("steps", 1);
    return steps instanceof Number n ? n.doubleValue() : 1;
  }

  /** In short where it can be said so: {@code adv-pgd 0.2 warmup 150}. */
  @Override
  public String toString() {
    double epsilon = attack.threat().epsilon();
    if (Double.isFinite(epsilon) && !clean) {
      if (attack.equals(Fgsm.linf(epsilon))) {
        return "adv-fgsm " + Numbers.exact(epsilon) + (warmup == 1 ? "" : " warmup " + warmup);
      }
      if (attack.equals(pgd(epsilon).attack)) {
        return "adv-pgd " + Numbers.exact(epsilon) + (warmup == WARMUP ? "" : " warmup " + warmup);
      }
    }
    return Defenses.REGISTRY.text(this);
  }
}
