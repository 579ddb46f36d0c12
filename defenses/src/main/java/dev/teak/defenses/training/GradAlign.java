package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Autograd;
import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;

/**
 * GradAlign (Andriushchenko and Flammarion, "Understanding and improving fast adversarial
 * training", NeurIPS 2020, equation 4): the loss has added to it {@code lambda} times
 *
 * <pre>1 - cos(grad L(x), grad L(x + eta)), eta uniform in [-eps, eps] in every pixel</pre>
 *
 * in the mean over images: the gradients of the cross-entropy in the pixels, near each other, are
 * to point the same way, which keeps FGSM from catastrophic overfitting. It is differentiated
 * through both, which costs about as much as three steps more. It attacks nothing itself: put it
 * before the adversarial training, as {@code grad_align eps=8/255; adv-fgsm 8/255}, for the images
 * are those of the batch as it comes to its place. As all of the loss it sees the model in training
 * mode.
 *
 * @param eps size of the noise, in pixel units; that of the attack
 * @param lambda weight; 0.2 in the paper for an epsilon of 8/255 on CIFAR-10
 */
public record GradAlign(double eps, double lambda) implements TrainingDefense {
  /** Shorter gradients, of images that are known by heart, do not count as of full length. */
  private static final double TINY = 1e-12;

  /** Rejects sizes below 0. */
  public GradAlign {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastZero("lambda", lambda);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    return new Alignment(trainee.seed());
  }

  @Override
  public double passes() {
    return 3;
  }

  private final class Alignment implements TrainingHooks {
    private final long seed;
    private Batch seen; // of the step

    Alignment(long seed) {
      this.seed = seed;
    }

    @Override
    public Batch batch(Module model, Batch batch, Step step) {
      seen = batch.images(batch.images().detach());
      return batch;
    }

    @Override
    public Objective objective(Objective inner) {
      return (model, batch, step) -> {
        Tensor x = seen.images(); // before the rest, which may hook gradients of layers
        Tensor eta = InnerMaximization.noise(seed, "grad_align", step, x.shape(), eps);
        Tensor near = slope(model, x.add(eta));
        Tensor apart = Losses.cosineSimilarity(slope(model, x), near, 1, TINY).mean().neg().add(1);
        Objective.Result result = inner.of(model, batch, step);
        return result.loss(result.loss().add(apart.mul(lambda)));
      };
    }

    /** The gradient of each image's loss, {@code [N, pixels]}, to be differentiated again. */
    private Tensor slope(Module model, Tensor images) {
      Tensor x = images.detach().requiresGrad(true);
      Tensor loss = InnerMaximization.crossEntropy(seen).of(model.forward(x)).sum();
      Tensor gradient = Autograd.grad(loss, List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
      return gradient.reshape(x.shape().dim(0), -1);
    }
  }
}
