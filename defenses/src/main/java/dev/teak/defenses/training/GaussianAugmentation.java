package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;

/**
 * Gaussian data augmentation (Zantedeschi, Nicolae and Rawat, "Efficient defenses against
 * adversarial attacks", AISec 2017, section 3.2): Gaussian noise on every pixel of the training
 * images, drawn anew each step by the seed and the step, and the sum clipped to 0..1. The paper
 * adds noisy copies to the images of its training; here each image is a new copy in every epoch.
 *
 * @param sigma the noise's standard deviation, of pixels in 0..1
 */
public record GaussianAugmentation(double sigma) implements TrainingDefense {
  /** Rejects a negative deviation. */
  public GaussianAugmentation {
    if (!(sigma >= 0) || Double.isInfinite(sigma)) {
      throw new IllegalArgumentException("sigma: " + sigma + ": must be 0 or more, and finite");
    }
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    long seed = trainee.seed();
    return new TrainingHooks() {
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        RandomStream random = new RandomStream(seed, "gaussian_augmentation/" + step.number());
        Tensor noise = random.normal(batch.images().shape()).mul(sigma);
        return batch.images(batch.images().add(noise).clip(0, 1));
      }
    };
  }
}
