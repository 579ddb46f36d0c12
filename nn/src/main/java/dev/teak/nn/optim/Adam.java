package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.FusedOptimizer;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, ICLR 2015), AdamW (Loshchilov and Hutter, ICLR 2019) and AMSGrad (Reddi,
 * Kale and Kumar, ICLR 2018), as PyTorch's.
 *
 * <pre>{@code
 * Adam.adamW(1e-3).betas(0.9, 0.95).weightDecay(0.05).of(ParameterGroup.weightsAndRest(parameters))
 * }</pre>
 */
public final class Adam extends Optimizer {
  /** For PyTorch's betas and eps. */
  private static final FusedOptimizer.Adam PLAIN = FusedOptimizer.Adam.plain(0, 1);

  /**
   * What an Adam can be told.
   *
   * @param lr learning rate
   * @param beta1 what is left of the first moment, in [0, 1)
   * @param beta2 what is left of the second, in [0, 1)
   * @param eps added to the root of the second moment
   * @param weightDecay of the weight
   * @param decoupled whether the decay acts on the weights themselves (AdamW), not on the gradient
   * @param amsgrad whether to divide by the largest second moment so far
   * @param weightsOnly whether the decay leaves norms and biases alone
   */
  public record Settings(
      double lr,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean decoupled,
      boolean amsgrad,
      boolean weightsOnly)
      implements OptimizerSettings {
    /** Rejects negative and infinite settings, and betas that keep all of the past. */
    public Settings {
      requireAtLeastZero("learning rate", lr);
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
      requireAtLeastZero("eps", eps);
      requireAtLeastZero("weight decay", weightDecay);
    }

    /** With these shares of the past. */
    public Settings betas(double first, double second) {
      return new Settings(lr, first, second, eps, weightDecay, decoupled, amsgrad, weightsOnly);
    }

    /** With another eps. */
    public Settings eps(double value) {
      return new Settings(lr, beta1, beta2, value, weightDecay, decoupled, amsgrad, weightsOnly);
    }

    /** With a weight decay. */
    public Settings weightDecay(double decay) {
      return new Settings(lr, beta1, beta2, eps, decay, decoupled, amsgrad, weightsOnly);
    }

    /** As AMSGrad, or not. */
    public Settings amsgrad(boolean on) {
      return new Settings(lr, beta1, beta2, eps, weightDecay, decoupled, on, weightsOnly);
    }

    /** With a decay of weights alone, or of norms and biases too. */
    public Settings weightsOnly(boolean on) {
      return new Settings(lr, beta1, beta2, eps, weightDecay, decoupled, amsgrad, on);
    }

    @Override
    public Adam of(Map<String, Tensor> parameters) {
      return of(groups(parameters));
    }

    @Override
    public Adam of(List<ParameterGroup> groups) {
      return new Adam(groups, this);
    }

    /** All but the learning rate, which the schedule has; PyTorch's defaults go without saying. */
    private String withoutLr() {
      return (decoupled ? "AdamW" : "Adam")
          + ", weight decay "
          + weightDecay
          + (beta1 == PLAIN.beta1() && beta2 == PLAIN.beta2()
              ? ""
              : ", betas " + beta1 + " and " + beta2)
          + (eps == PLAIN.eps() ? "" : ", eps " + eps)
          + (amsgrad ? ", AMSGrad" : "");
    }
  }

  private final Settings settings;

  private Adam(List<ParameterGroup> groups, Settings settings) {
    super(groups, settings.lr, settings.weightDecay);
    this.settings = settings;
    zeros(settings.amsgrad ? List.of("m", "v", "largest_v") : List.of("m", "v"));
  }

  /** Settings to go on from: betas 0.9 and 0.999, eps 1e-8, no weight decay. */
  public static Settings adam(double lr) {
    return new Settings(lr, PLAIN.beta1(), PLAIN.beta2(), PLAIN.eps(), 0, false, false, false);
  }

  /** As {@link #adam(double)}, but with a decay of the weights themselves, 0.01. */
  public static Settings adamW(double lr) {
    return new Settings(lr, PLAIN.beta1(), PLAIN.beta2(), PLAIN.eps(), 0.01, true, false, false);
  }

  /** Adam without weight decay. */
  public static Adam adam(Map<String, Tensor> parameters, double lr) {
    return adam(lr).of(parameters);
  }

  /** Adam with weight decay added to the gradient. */
  public static Adam adam(Map<String, Tensor> parameters, double lr, double weightDecay) {
    return adam(lr).weightDecay(weightDecay).of(parameters);
  }

  /** AdamW: the decay acts on the weights themselves. PyTorch's default decay is 0.01. */
  public static Adam adamW(Map<String, Tensor> parameters, double lr, double weightDecay) {
    return adamW(lr).weightDecay(weightDecay).of(parameters);
  }

  @Override
  protected void update(
      String name, Tensor p, Tensor gradient, double lr, double weightDecay, int step) {
    Settings s = settings;
    Update.adam(
        new FusedOptimizer.Adam(lr, s.beta1, s.beta2, s.eps, weightDecay, s.decoupled, step),
        p,
        gradient,
        state("m", name),
        state("v", name),
        state("largest_v", name));
  }

  @Override
  public String toString() {
    return settings.withoutLr() + grouping();
  }
}
