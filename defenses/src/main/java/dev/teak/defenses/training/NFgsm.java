package dev.teak.defenses.training;

import dev.teak.attacks.ThreatModel;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Optional;

/**
 * Noise-FGSM (de Jorge, Bibi, Volpi, Sanyal, Torr, Rogez and Dokania, "Make some noise: reliable
 * and efficient single-step adversarial training", NeurIPS 2022, section 4): each image x becomes
 *
 * <pre>x + eta + alpha eps sign(grad L(x + eta)), eta uniform in [-k eps, k eps] in every pixel
 * </pre>
 *
 * <p>The change is not clipped to the ball: it reaches as far as (k + alpha) eps, and that, with
 * the strong noise, is what keeps a training by one step from catastrophic overfitting. Noisy
 * images and what the step makes of them are clipped to the pixels' range 0..1, as in the authors'
 * code.
 *
 * @param eps what the model is to hold against, in pixel units
 * @param k the noise's size, in epsilons; 2 in the paper
 * @param alpha the step's length, in epsilons; 1 in the paper
 */
public record NFgsm(double eps, double k, double alpha) implements TrainingDefense {
  /** Rejects sizes below 0. */
  public NFgsm {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastZero("k", k);
    InnerMaximization.requireAtLeastZero("alpha", alpha);
  }

  /** With the paper's noise and step. */
  public static NFgsm of(double eps) {
    return new NFgsm(eps, 2, 1);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    long seed = trainee.seed();
    return new TrainingHooks() {
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        Tensor x = batch.images();
        Tensor eta = InnerMaximization.noise(seed, "n_fgsm", step, x.shape(), k * eps);
        Tensor noisy = x.add(eta).clip(0, 1).detach();
        Tensor up = InnerMaximization.gradient(model, noisy, InnerMaximization.crossEntropy(batch));
        return batch.images(noisy.add(up.sign().mul(alpha * eps)).clip(0, 1));
      }
    };
  }

  @Override
  public Optional<ThreatModel> threat() {
    return Optional.of(ThreatModel.linf(eps));
  }

  @Override
  public double passes() {
    return 1;
  }
}
