package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Scope;
import dev.teak.nn.Module;
import dev.teak.nn.optim.PerturbedWeights;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.function.Supplier;

/**
 * Adversarial weight perturbation (Wu, Xia and Wang, "Adversarial weight perturbation helps robust
 * generalization", NeurIPS 2020, section 4, with one step of the weights): the gradient of a step
 * is taken where the weights were moved to make its loss large ({@link
 * PerturbedWeights#adversarially}), and the step from where they were. The loss is that of the
 * whole training, on the batch as all its defenses have made it, wherever this stands among them:
 * with {@link Trades} it is TRADES-AWP, with an adversarial training AT-AWP.
 *
 * <p>The model runs twice a step, and in training mode its batch norms move their running
 * statistics twice; the authors' code runs a copy first.
 *
 * @param gamma how far each weight moves, over its own length; 0.005 in the paper, 0.01 in the
 *     authors' code for plain adversarial training
 * @param warmupEpochs epochs of plain steps before the first perturbed one, 0 or more; 9 in the
 *     authors' code for TRADES
 */
public record Awp(double gamma, int warmupEpochs) implements TrainingDefense {
  /** Rejects a negative way, and a negative count. */
  public Awp {
    InnerMaximization.requireAtLeastZero("gamma", gamma);
    if (warmupEpochs < 0) {
      throw new IllegalArgumentException(
          "warmup epochs: " + warmupEpochs + ": must be 0, for none, or more");
    }
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    return new TrainingHooks() {
      @Override
      public Objective.Result backward(Module model, Supplier<Objective.Result> pass, Step step) {
        if (step.epoch() < warmupEpochs) {
          return pass.get();
        }
        try (Scope scope = Scope.open()) {
          Objective.Result unused = pass.get(); // its gradients say where to
        }
        try (PerturbedWeights.Moved moved =
            PerturbedWeights.adversarially(model.parameters(), gamma)) {
          return pass.get();
        }
      }
    };
  }

  @Override
  public double passes() {
    return 1;
  }
}
