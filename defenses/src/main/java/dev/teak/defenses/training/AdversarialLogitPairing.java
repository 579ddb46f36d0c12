package dev.teak.defenses.training;

import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.defenses.AdversarialTraining;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Optional;

/**
 * Adversarial logit pairing (Kannan, Kurakin and Goodfellow, arXiv:1803.06373, section 3.2): each
 * batch holds its images and what an attack makes of them against the model as it stands
 * (mixed-minibatch PGD, section 3.1); the loss over both has added to it {@code weight} times the
 * squared difference between the logits of an image and of its attacked one, in the mean over
 * images and logits. Images must lie in the attack's range. What it gained on ImageNet was mostly a
 * masked gradient (Engstrom, Ilyas and Athalye, arXiv:1807.10272): evaluate with PGD of many steps.
 *
 * @param attack whose images stand beside the clean ones; its random numbers depend on the images
 *     and the step
 * @param weight of the difference, 0 or more; 0 is training on the mixed batch alone
 */
public record AdversarialLogitPairing(Attack attack, double weight) implements TrainingDefense {
  private static final String NAME = "adversarial_logit_pairing";

  /** Rejects a negative weight. */
  public AdversarialLogitPairing {
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("weight: " + weight + ": must be 0 or more, and finite");
    }
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    return new Pairs(NAME) {
      @Override
      Tensor attacked(Module model, Batch batch, Step step) {
        return Settings.weaker(attack, 1, step.number())
            .perturb(model, batch.images(), batch.labels())
            .images();
      }

      @Override
      public Objective objective(Objective inner) {
        return (model, batch, step) -> {
          Objective.Result result = inner.of(model, batch, step);
          Tensor logits = result.logits();
          Tensor difference = Losses.mse(clean("logits", logits), attacked("logits", logits));
          return result.loss(result.loss().add(difference.mul(weight)));
        };
      }
    };
  }

  @Override
  public Optional<ThreatModel> threat() {
    return Optional.of(attack.threat());
  }

  @Override
  public double passes() {
    return AdversarialTraining.passes(attack) + 1;
  }
}
