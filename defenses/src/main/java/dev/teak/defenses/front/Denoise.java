package dev.teak.defenses.front;

import dev.teak.defenses.Fitting;
import dev.teak.defenses.FrontDefense;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.training.GaussianAugmentation;
import dev.teak.engine.RandomStream;
import dev.teak.nn.Module;
import dev.teak.nn.models.Autoencoder;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.List;

/**
 * A denoising autoencoder in front of the model (Vincent, Larochelle, Bengio and Manzagol,
 * "Extracting and composing robust features with denoising autoencoders", ICML 2008; against
 * attacks in "Denoising autoencoder and 10-fold ensemble", docs/papers). It learns to give clean
 * training images back of the same with Gaussian noise, clipped to 0..1, without a look at the
 * model, and is frozen from then on. It is differentiable, so its own gradient is that of whoever
 * knows of it.
 *
 * <p>Its validation loss is of validation images without noise.
 *
 * @param model what gives the images back
 * @param noise standard deviation of the noise, of pixels in 0..1
 * @param epochs of its training, 1 or more
 * @param batch images a step, 1 or more
 * @param optimizer of its training
 * @param recompute whether its activations are computed again where an attack comes back through
 *     it, so that they take no memory beside the model's ({@link Module#recompute}); it changes no
 *     number
 */
public record Denoise(
    Autoencoder model,
    double noise,
    int epochs,
    int batch,
    OptimizerSettings optimizer,
    boolean recompute)
    implements FrontDefense {
  /** Answers that AutoAttack's rand version takes the mean of. */
  private static final int ANSWERS = 20;

  /** What the noise is added to is what is aimed at. */
  private static final TrainingHooks CLEAN_TARGETS =
      new TrainingHooks() {
        @Override
        public Batch batch(Module front, Batch batch, Step step) {
          return batch.targets(batch.images());
        }
      };

  /** Rejects a negative deviation, and no epochs or images. */
  public Denoise {
    if (!(noise >= 0) || Double.isInfinite(noise)) {
      throw new IllegalArgumentException("noise: " + noise + ": must be 0 or more, and finite");
    }
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs: " + epochs + ": must be 1 or more");
    }
    if (batch < 1) {
      throw new IllegalArgumentException("batch: " + batch + ": must be 1 or more");
    }
  }

  @Override
  public Module front(Trainee trainee) {
    Module front = model.build(trainee.image(), new RandomStream(trainee.seed(), "denoise"));
    front.recompute(recompute);
    freeze(front);
    return front;
  }

  /** Keeps it as it is while the model behind it trains. */
  private static void freeze(Module front) {
    front.zeroGrad();
    front.requiresGrad(false);
    front.eval();
  }

  @Override
  public void fit(Module front, Fitting fitting) throws IOException {
    Trainee trainee = fitting.trainee();
    TrainingHooks noisy = new GaussianAugmentation(noise).on(trainee);
    front.requiresGrad(true);
    try (TrainingHooks own = model.hooks(front, trainee.seed())) {
      Trainer.of(front)
          .objective(Objective.RECONSTRUCTION)
          .optimizer(optimizer)
          .epochs(epochs)
          .batch(batch)
          .seed(trainee.seed())
          .hooks(TrainingHooks.all(List.of(CLEAN_TARGETS, noisy, own)))
          .checkpoint(fitting.checkpoint())
          .listener(fitting.listener())
          .run(fitting.train(), fitting.validation());
    } finally {
      freeze(front);
    }
    // One that is read again from its weights draws the same numbers at test time.
    front.namedStreams().values().forEach(stream -> stream.seek(0));
  }

  @Override
  public boolean learnsAlone() {
    return true;
  }

  @Override
  public double passes() {
    return epochs;
  }

  @Override
  public int answers() {
    return model.isRandom() ? ANSWERS : 1;
  }
}
