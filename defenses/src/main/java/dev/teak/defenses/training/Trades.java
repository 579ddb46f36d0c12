package dev.teak.defenses.training;

import dev.teak.attacks.ThreatModel;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Losses;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.Optional;

/**
 * TRADES (Zhang, Yu, Jiao, Xing, El Ghaoui and Jordan, "Theoretically principled trade-off between
 * robustness and accuracy", ICML 2019, equation 5 and algorithm 1): the loss of the clean images,
 * and {@code beta} times the divergence KL(p(x) || p(x')) of what the model says of an attacked
 * image x' from what it says of the clean one, in the mean over images. x' maximizes that
 * divergence: signed steps within the L-infinity ball and the range 0..1, from x and normal noise
 * of deviation 0.001 (its gradient is 0 at x itself). Gradients follow both p(x) and p(x').
 *
 * <p>A batch holds clean and attacked images, and the training's figures are of both; the model
 * sees one half after the other, so that a batch norm has the statistics of each by itself.
 *
 * @param eps size of the ball, in pixel units
 * @param steps of the maximization; 10 in the paper
 * @param alpha length of a step, in epsilons; a quarter is about the paper's 0.007 for 0.031
 * @param beta weight of the divergence, 1 / lambda in the paper; 6 in its experiments, or 1
 */
public record Trades(double eps, int steps, double alpha, double beta) implements TrainingDefense {
  private static final String NAME = "trades";

  /** Rejects sizes below 0, and no steps. */
  public Trades {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastOne("steps", steps);
    InnerMaximization.requireAtLeastZero("alpha", alpha);
    InnerMaximization.requireAtLeastZero("beta", beta);
  }

  /** With the paper's settings. */
  public static Trades of(double eps) {
    return new Trades(eps, 10, 0.25, 6);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    long seed = trainee.seed();
    ThreatModel threat = ThreatModel.linf(eps);
    return new Pairs(NAME) {
      @Override
      Tensor attacked(Module model, Batch batch, Step step) {
        Tensor x = batch.images().detach();
        Tensor start = InnerMaximization.nearby(seed, NAME, step, x);
        Tensor clean = InnerMaximization.logits(model, x);
        return InnerMaximization.climb(
            model, threat, x, start, steps, alpha * eps, logits -> divergence(clean, logits));
      }

      @Override
      public Objective objective(Objective inner) {
        return (model, both, step) -> {
          Objective.Result clean = inner.of(model, clean(both), step);
          Tensor attacked = model.forward(attacked(both).images());
          Tensor apart = divergence(clean.logits(), attacked).mean();
          return new Objective.Result(
              clean.loss().add(apart.mul(beta)),
              Tensor.concat(0, List.of(clean.logits(), attacked)).detach());
        };
      }
    };
  }

  /** KL(p || q) of each image, {@code [N]}, of the logits of p and q, {@code [N, classes]}. */
  static Tensor divergence(Tensor p, Tensor q) {
    Tensor terms = Losses.klDiv(q.logSoftmax(), p.logSoftmax(), Losses.Reduction.NONE, true);
    return terms.sum(1);
  }

  @Override
  public Optional<ThreatModel> threat() {
    return Optional.of(ThreatModel.linf(eps));
  }

  @Override
  public double passes() {
    return steps + 1;
  }
}
