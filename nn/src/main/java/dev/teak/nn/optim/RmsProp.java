package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.FusedOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * RMSprop (Tieleman and Hinton 2012), centered (Graves 2013) where asked for, as PyTorch's: eps is
 * added after the root.
 *
 * <pre>{@code
 * RmsProp.lr(0.045).alpha(0.9).eps(0.0316).momentum(0.9).of(model.namedParameters())
 * }</pre>
 */
public final class RmsProp extends Optimizer {
  /**
   * What an RMSprop can be told.
   *
   * @param lr learning rate
   * @param alpha what is left of the average of squares, in [0, 1]
   * @param eps added to the root
   * @param weightDecay of the weight, added to the gradient
   * @param momentum what is left of the velocity; 0 for none
   * @param centered whether to divide by the deviation of gradients, not by their mean size
   * @param weightsOnly whether the decay leaves norms and biases alone
   */
  public record Settings(
      double lr,
      double alpha,
      double eps,
      double weightDecay,
      double momentum,
      boolean centered,
      boolean weightsOnly)
      implements OptimizerSettings {
    /** Rejects negative and infinite settings. */
    public Settings {
      requireAtLeastZero("learning rate", lr);
      if (!(alpha >= 0 && alpha <= 1)) {
        throw new IllegalArgumentException("alpha " + alpha + ": must be in [0, 1]");
      }
      requireAtLeastZero("eps", eps);
      requireAtLeastZero("weight decay", weightDecay);
      requireAtLeastZero("momentum", momentum);
    }

    /** With another share of the past. */
    public Settings alpha(double share) {
      return new Settings(lr, share, eps, weightDecay, momentum, centered, weightsOnly);
    }

    /** With another eps. */
    public Settings eps(double value) {
      return new Settings(lr, alpha, value, weightDecay, momentum, centered, weightsOnly);
    }

    /** With a weight decay. */
    public Settings weightDecay(double decay) {
      return new Settings(lr, alpha, eps, decay, momentum, centered, weightsOnly);
    }

    /** With a momentum. */
    public Settings momentum(double share) {
      return new Settings(lr, alpha, eps, weightDecay, share, centered, weightsOnly);
    }

    /** Centered, or not. */
    public Settings centered(boolean on) {
      return new Settings(lr, alpha, eps, weightDecay, momentum, on, weightsOnly);
    }

    /** With a decay of weights alone, or of norms and biases too. */
    public Settings weightsOnly(boolean on) {
      return new Settings(lr, alpha, eps, weightDecay, momentum, centered, on);
    }

    @Override
    public RmsProp of(Map<String, Tensor> parameters) {
      return of(groups(parameters));
    }

    @Override
    public RmsProp of(List<ParameterGroup> groups) {
      return new RmsProp(groups, this);
    }
  }

  private final Settings settings;

  private RmsProp(List<ParameterGroup> groups, Settings settings) {
    super(groups, settings.lr, settings.weightDecay);
    this.settings = settings;
    List<String> kinds = new ArrayList<>(List.of("square"));
    if (settings.centered) {
      kinds.add("mean");
    }
    if (settings.momentum != 0) {
      kinds.add("velocity");
    }
    zeros(kinds);
  }

  /** Settings to go on from: alpha 0.99, eps 1e-8, no weight decay, no momentum. */
  public static Settings lr(double lr) {
    return new Settings(lr, 0.99, 1e-8, 0, 0, false, false);
  }

  @Override
  protected void update(
      String name, Tensor p, Tensor gradient, double lr, double weightDecay, int step) {
    Settings s = settings;
    Update.rmsProp(
        new FusedOptimizer.RmsProp(lr, s.alpha, s.eps, weightDecay, s.momentum),
        p,
        gradient,
        state("square", name),
        state("mean", name),
        state("velocity", name));
  }

  /** All settings but the learning rate, which the schedule has. */
  @Override
  public String toString() {
    return (settings.centered ? "RMSprop, centered, alpha " : "RMSprop, alpha ")
        + settings.alpha
        + ", eps "
        + settings.eps
        + ", momentum "
        + settings.momentum
        + ", weight decay "
        + settings.weightDecay
        + grouping();
  }
}
