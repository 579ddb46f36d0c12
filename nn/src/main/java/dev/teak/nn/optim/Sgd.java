package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.FusedOptimizer;
import java.util.List;
import java.util.Map;

/** Stochastic gradient descent with momentum, Nesterov's too, and weight decay, as PyTorch's. */
public final class Sgd extends Optimizer {
  private final double momentum;
  private final double weightDecay;
  private final boolean nesterov;

  /** Plain, without momentum. */
  public Sgd(Map<String, Tensor> parameters, double lr) {
    this(parameters, lr, 0, 0, false);
  }

  /** With all settings; momentum and weight decay are 0 or more. */
  public Sgd(
      Map<String, Tensor> parameters,
      double lr,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    super(parameters, lr);
    requireAtLeastZero("momentum", momentum);
    requireAtLeastZero("weight decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("sgd: Nesterov's form needs a momentum above 0");
    }
    this.momentum = momentum;
    this.weightDecay = weightDecay;
    this.nesterov = nesterov;
    if (momentum != 0) {
      zeros(List.of("velocity"));
    }
  }

  @Override
  protected void update(String name, Tensor p, Tensor gradient, int step) {
    Update.sgd(
        new FusedOptimizer.Sgd(lr(), momentum, 0, weightDecay, nesterov),
        p,
        gradient,
        state("velocity", name));
  }

  /** All settings but the learning rate, which the schedule has. */
  @Override
  public String toString() {
    return String.format(
        "SGD, momentum %s%s, weight decay %s",
        momentum, nesterov ? " (Nesterov)" : "", weightDecay);
  }
}
