package dev.teak.defenses.gradient;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Numbers;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters' gradients averaged over the steps, the latest counting most: a_t = beta a_(t-1) +
 * (1 - beta) g_t, divided by 1 - beta^t as in Adam, so that the first steps are not small. It has
 * no form for a layer's output, whose gradient belongs to images, others in each step.
 *
 * @param beta share of the past, in [0, 1)
 */
public record MovingAverage(double beta) implements TrainingDefense {
  /** Rejects what is no share, and all of it. */
  public MovingAverage {
    if (!(beta >= 0 && beta < 1)) {
      throw new IllegalArgumentException("beta: " + beta + ": must be in [0, 1)");
    }
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    Map<String, Tensor> averages = new LinkedHashMap<>();
    trainee
        .model()
        .namedParameters()
        .forEach((name, p) -> averages.put(name, Tensor.full(p.device(), p.shape(), 0).unscoped()));
    return new Averaging(beta, averages);
  }

  private record Averaging(double beta, Map<String, Tensor> averages) implements TrainingHooks {
    @Override
    public void gradients(Module model, Step step) {
      double correction = 1 - Math.pow(beta, step.number() + 1.0);
      model.namedParameters().forEach((name, p) -> average(averages.get(name), p, correction));
    }

    private void average(Tensor past, Tensor parameter, double correction) {
      if (parameter.grad() != null) {
        try (Scope scope = Scope.open()) {
          Update.assign(past, past.mul(beta).add(parameter.grad().mul(1 - beta)));
          Update.assign(parameter.grad(), past.div(correction));
        }
      }
    }

    @Override
    public Map<String, Tensor> state() {
      return averages;
    }

    @Override
    public void close() {
      averages.values().forEach(Tensor::release);
    }
  }

  /** In short. */
  @Override
  public String toString() {
    return "average " + Numbers.exact(beta);
  }
}
