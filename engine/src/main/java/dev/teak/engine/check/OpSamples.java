package dev.teak.engine.check;

import java.util.List;

/**
 * A sample call of every op, with shapes and values drawn by a seed: what the gradient check and
 * the contract tests of all backends run. Values are all different, and no kink is near.
 */
public final class OpSamples {
  private OpSamples() {}

  /** One or more samples of every op. */
  public static List<OpSample> draw(long seed) {
    Draws d = new Draws(seed);
    ElementwiseSamples.addTo(d);
    ReductionSamples.addTo(d);
    MovementSamples.addTo(d);
    ProductSamples.addTo(d);
    AttentionSamples.addTo(d);
    PoolSamples.addTo(d);
    ImageSamples.addTo(d);
    LossSamples.addTo(d);
    NormSamples.addTo(d);
    FunctionSamples.addTo(d);
    return d.samples();
  }
}
