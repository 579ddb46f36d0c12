package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.FusedOptimizer;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, ICLR 2015) and AdamW (Loshchilov and Hutter, ICLR 2019), as PyTorch's: beta
 * 0.9 and 0.999, eps 1e-8.
 */
public final class Adam extends Optimizer {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPS = 1e-8;

  private final double weightDecay;
  private final boolean decoupled;

  private Adam(Map<String, Tensor> parameters, double lr, double weightDecay, boolean decoupled) {
    super(parameters, lr);
    requireAtLeastZero("weight decay", weightDecay);
    this.weightDecay = weightDecay;
    this.decoupled = decoupled;
    zeros(List.of("m", "v"));
  }

  /** Adam without weight decay. */
  public static Adam adam(Map<String, Tensor> parameters, double lr) {
    return new Adam(parameters, lr, 0, false);
  }

  /** Adam with weight decay added to the gradient. */
  public static Adam adam(Map<String, Tensor> parameters, double lr, double weightDecay) {
    return new Adam(parameters, lr, weightDecay, false);
  }

  /** AdamW: the decay acts on the weights themselves. PyTorch's default decay is 0.01. */
  public static Adam adamW(Map<String, Tensor> parameters, double lr, double weightDecay) {
    return new Adam(parameters, lr, weightDecay, true);
  }

  @Override
  protected void update(String name, Tensor p, Tensor gradient, int step) {
    Update.adam(
        new FusedOptimizer.Adam(lr(), BETA1, BETA2, EPS, weightDecay, decoupled, step),
        p,
        gradient,
        state("m", name),
        state("v", name),
        null);
  }

  /** All settings but the learning rate, which the schedule has. */
  @Override
  public String toString() {
    return String.format("%s, weight decay %s", decoupled ? "AdamW" : "Adam", weightDecay);
  }
}
