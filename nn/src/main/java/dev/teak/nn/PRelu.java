package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/** x where positive, else weight x, the weight being learned (He et al., ICCV 2015). */
public final class PRelu extends Module {
  private final Tensor weight;

  /** One weight for all channels. */
  public PRelu() {
    this(1);
  }

  /** A weight for each of so many channels, or 1 for all; 0.25 at first. */
  public PRelu(int parameters) {
    weight = parameter("weight", Tensor.ones(parameters).mul(0.25));
  }

  @Override
  protected String describe() {
    return "PRelu(" + weight.shape().size() + ")";
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.prelu(x, weight);
  }
}
