package dev.teak.attacks.minimum;

import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Tensor;

/**
 * Pixels as (tanh(w) + 1) / 2 of the range, so that every w is allowed (Carlini and Wagner 2017,
 * section V.B).
 */
public record TanhSpace(ThreatModel threat) {
  /** At exactly 0 and 1 the inverse would be infinite and the pixel could never move. */
  private static final double INSIDE = 0.999999;

  /** The pixels of w. */
  public Tensor pixels(Tensor w) {
    double half = threat.range() / 2;
    return threat.clip(w.tanh().add(1).mul(half).add(threat.low()));
  }

  /** The w of pixels. */
  public Tensor of(Tensor x) {
    double half = threat.range() / 2;
    Tensor y = x.sub(threat.low()).div(half).sub(1).mul(INSIDE);
    return y.add(1).div(y.neg().add(1)).log().mul(0.5);
  }

  /** The gradient in w, from that in the pixels. */
  public Tensor back(Tensor w, Tensor gradient) {
    double half = threat.range() / 2;
    return gradient.mul(w.tanh().square().neg().add(1).mul(half));
  }
}
