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
 * Fast adversarial training, also called RS-FGSM (Wong, Rice and Kolter, "Fast is better than free:
 * revisiting adversarial training", ICLR 2020, algorithm 3): FGSM from a uniformly random point of
 * the L-infinity ball, brought back into ball and range 0..1. For large epsilons it falls to
 * catastrophic overfitting as FGSM does (Andriushchenko and Flammarion, NeurIPS 2020, section 3):
 * evaluate with PGD, or take {@link NFgsm}.
 *
 * @param eps the ball's size, in pixel units
 * @param alpha the step's length, in epsilons; 1.25 in the paper
 */
public record FastFgsm(double eps, double alpha) implements TrainingDefense {
  /** Rejects sizes below 0. */
  public FastFgsm {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastZero("alpha", alpha);
  }

  /** With the paper's step. */
  public static FastFgsm of(double eps) {
    return new FastFgsm(eps, 1.25);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    long seed = trainee.seed();
    ThreatModel threat = ThreatModel.linf(eps);
    return new TrainingHooks() {
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        Tensor x = batch.images().detach();
        Tensor start = x.add(InnerMaximization.noise(seed, "fast_fgsm", step, x.shape(), eps));
        return batch.images(
            InnerMaximization.climb(
                model,
                threat,
                x,
                threat.clip(start),
                1,
                alpha * eps,
                InnerMaximization.crossEntropy(batch)));
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
