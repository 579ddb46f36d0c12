package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.FusedOptimizer;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, Nesterov's too, and weight decay, as PyTorch's.
 *
 * <pre>{@code
 * Sgd.lr(0.1).momentum(0.9).weightDecay(5e-4).nesterov(true).of(model.namedParameters())
 * }</pre>
 */
public final class Sgd extends Optimizer {
  /**
   * What an SGD can be told.
   *
   * @param lr learning rate
   * @param momentum what is left of the velocity, 0 or more
   * @param dampening what of a gradient does not go into the velocity; the first goes in whole
   * @param weightDecay of the weight, added to the gradient
   * @param nesterov whether to look ahead; needs a momentum above 0 and no dampening
   * @param weightsOnly whether the decay leaves norms and biases alone
   */
  public record Settings(
      double lr,
      double momentum,
      double dampening,
      double weightDecay,
      boolean nesterov,
      boolean weightsOnly)
      implements OptimizerSettings {
    /** Rejects negative and infinite settings, and Nesterov's form without what it needs. */
    public Settings {
      requireAtLeastZero("learning rate", lr);
      requireAtLeastZero("momentum", momentum);
      requireAtLeastZero("weight decay", weightDecay);
      if (!Double.isFinite(dampening)) {
        throw new IllegalArgumentException("dampening " + dampening + ": must be finite");
      }
      if (nesterov && (momentum == 0 || dampening != 0)) {
        throw new IllegalArgumentException(
            "sgd: Nesterov's form needs a momentum above 0 and no dampening, not momentum "
                + momentum
                + " and dampening "
                + dampening);
      }
    }

    /** With a momentum. */
    public Settings momentum(double share) {
      return new Settings(lr, share, dampening, weightDecay, nesterov, weightsOnly);
    }

    /** With a dampening. */
    public Settings dampening(double share) {
      return new Settings(lr, momentum, share, weightDecay, nesterov, weightsOnly);
    }

    /** With a weight decay. */
    public Settings weightDecay(double decay) {
      return new Settings(lr, momentum, dampening, decay, nesterov, weightsOnly);
    }

    /** In Nesterov's form, or not; the momentum comes first. */
    public Settings nesterov(boolean on) {
      return new Settings(lr, momentum, dampening, weightDecay, on, weightsOnly);
    }

    /** With a decay of weights alone, or of norms and biases too. */
    public Settings weightsOnly(boolean on) {
      return new Settings(lr, momentum, dampening, weightDecay, nesterov, on);
    }

    @Override
    public Sgd of(Map<String, Tensor> parameters) {
      return of(groups(parameters));
    }

    @Override
    public Sgd of(List<ParameterGroup> groups) {
      return new Sgd(groups, this);
    }
  }

  private final Settings settings;

  private Sgd(List<ParameterGroup> groups, Settings settings) {
    super(groups, settings.lr, settings.weightDecay);
    this.settings = settings;
    if (settings.momentum != 0) {
      zeros(List.of("velocity"));
    }
  }

  /** Plain, without momentum. */
  public Sgd(Map<String, Tensor> parameters, double lr) {
    this(parameters, lr, 0, 0, false);
  }

  /** Without dampening; momentum and weight decay are 0 or more. */
  public Sgd(
      Map<String, Tensor> parameters,
      double lr,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    this(
        List.of(ParameterGroup.of(parameters)),
        new Settings(lr, momentum, 0, weightDecay, nesterov, false));
  }

  /** Settings to go on from: this learning rate, and nothing else. */
  public static Settings lr(double lr) {
    return new Settings(lr, 0, 0, 0, false, false);
  }

  @Override
  protected void update(
      String name, Tensor p, Tensor gradient, double lr, double weightDecay, int step) {
    double dampening = step == 1 ? 0 : settings.dampening;
    Update.sgd(
        new FusedOptimizer.Sgd(lr, settings.momentum, dampening, weightDecay, settings.nesterov),
        p,
        gradient,
        state("velocity", name));
  }

  /** All settings but the learning rate, which the schedule has. */
  @Override
  public String toString() {
    return "SGD, momentum "
        + settings.momentum
        + (settings.nesterov ? " (Nesterov)" : "")
        + (settings.dampening == 0 ? "" : ", dampening " + settings.dampening)
        + ", weight decay "
        + settings.weightDecay
        + grouping();
  }
}
