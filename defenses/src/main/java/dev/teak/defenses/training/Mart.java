package dev.teak.defenses.training;

import dev.teak.attacks.Logits;
import dev.teak.attacks.ThreatModel;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.Optional;

/**
 * Misclassification-aware adversarial training (Wang, Zou, Yi, Bailey, Ma and Gu, "Improving
 * adversarial robustness requires revisiting misclassified examples", ICLR 2020, equations 10 to
 * 12): of an image x with label y and its attacked x', in the mean over images,
 *
 * <pre>-log p_y(x') - log(1 - max over k != y of p_k(x')) + lambda KL(p(x) || p(x')) (1 - p_y(x))
 * </pre>
 *
 * <p>The first term is the training's own loss, so that smoothed targets are followed. x' maximizes
 * the cross-entropy: signed steps within the L-infinity ball and the range 0..1, from x and normal
 * noise of deviation 0.001, as in the authors' code.
 *
 * <p>A batch holds clean and attacked images, and the training's figures are of both; the model
 * sees one half after the other, so that a batch norm has the statistics of each by itself.
 *
 * @param eps size of the ball, in pixel units
 * @param steps of the maximization; 10 in the paper
 * @param alpha length of a step, in epsilons; a quarter in the paper
 * @param lambda weight of the divergence; 5 in the paper, where the loss of the authors' code has 6
 *     unless it is told 5 by their script
 */
public record Mart(double eps, int steps, double alpha, double lambda) implements TrainingDefense {
  private static final String NAME = "mart";

  /** Rejects sizes below 0, and no steps. */
  public Mart {
    InnerMaximization.requireAtLeastZero("eps", eps);
    InnerMaximization.requireAtLeastOne("steps", steps);
    InnerMaximization.requireAtLeastZero("alpha", alpha);
    InnerMaximization.requireAtLeastZero("lambda", lambda);
  }

  /** With the paper's settings. */
  public static Mart of(double eps) {
    return new Mart(eps, 10, 0.25, 5);
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
        return InnerMaximization.climb(
            model, threat, x, start, steps, alpha * eps, InnerMaximization.crossEntropy(batch));
      }

      @Override
      public Objective objective(Objective inner) {
        return (model, both, step) -> {
          Tensor clean = model.forward(clean(both).images());
          Objective.Result attacked = inner.of(model, attacked(both), step);
          Tensor labels = clean("labels", both.labels());
          Tensor margin = unlikelihood(attacked.logits(), labels).mean();
          Tensor wrong = Logits.of(clean.softmax(), labels).neg().add(1);
          Tensor apart = Trades.divergence(clean, attacked.logits()).mul(wrong).mean();
          return new Objective.Result(
              attacked.loss().add(margin).add(apart.mul(lambda)),
              Tensor.concat(0, List.of(clean, attacked.logits())).detach());
        };
      }
    };
  }

  /**
   * -log(1 - p) of each image's likeliest wrong class, {@code [N]}: from the logarithms of what all
   * others have together, so that a p of almost 1 does not make it infinite.
   */
  private static Tensor unlikelihood(Tensor logits, Tensor labels) {
    int classes = logits.shape().dim(1);
    Tensor none = Tensor.scalar(Double.NEGATIVE_INFINITY);
    Tensor own = Functional.oneHot(labels, classes);
    Tensor wrongest = own.where(none, logits.detach()).argMax(1);
    Tensor others = Functional.oneHot(wrongest, classes).where(none, logits.logSoftmax());
    return others.logSumExp(1).neg();
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
