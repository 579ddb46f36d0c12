package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;

/** In training zeroes elements with probability p and scales the rest by 1 / (1 - p). */
public final class Dropout extends Module {
  private final double p;
  private final RandomStream random;

  /** Drops with probability {@code p}, in [0, 1), by masks from {@code random}. */
  public Dropout(double p, RandomStream random) {
    Require.probability("dropout", p);
    this.p = p;
    this.random = stream("random", random);
  }

  @Override
  protected String describe() {
    return "Dropout(" + Numbers.exact(p) + ")";
  }

  @Override
  protected Tensor compute(Tensor x) {
    return isTraining() && p > 0 ? Functional.dropout(x, p, random) : x;
  }
}
