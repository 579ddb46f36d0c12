package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;

/**
 * In training zeroes a residual branch with probability p, image by image or for the whole batch,
 * and scales what is left by 1 / (1 - p) (Huang et al., ECCV 2016); torchvision's layer.
 */
public final class StochasticDepth extends Module {
  private final double p;
  private final String mode;
  private final RandomStream random;

  /**
   * Drops with probability {@code p}, in [0, 1), by draws from {@code random}.
   *
   * @param mode {@code "row"} for each image by itself, {@code "batch"} for all at once
   */
  public StochasticDepth(double p, String mode, RandomStream random) {
    Require.probability("stochastic depth", p);
    if (!mode.equals("row") && !mode.equals("batch")) {
      throw new IllegalArgumentException(
          "stochastic depth: mode \"" + mode + "\": expects \"row\" or \"batch\"");
    }
    this.p = p;
    this.mode = mode;
    this.random = stream("random", random);
  }

  @Override
  protected Tensor compute(Tensor x) {
    return isTraining() && p > 0 ? Functional.stochasticDepth(x, p, mode, random) : x;
  }
}
