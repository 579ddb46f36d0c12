package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/**
 * What an attacker may do: change an image by at most {@code epsilon} in a norm, within the pixel
 * range.
 *
 * @param norm how changes are measured
 * @param epsilon largest change, in pixel units; 0 or more
 * @param low smallest pixel value
 * @param high largest pixel value
 */
public record ThreatModel(Norm norm, double epsilon, double low, double high) {
  /** Rejects a negative or infinite epsilon and an empty range. */
  public ThreatModel {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon " + epsilon + ": must be 0 or more, and finite");
    }
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "pixel range " + low + ".." + high + ": the lower end must be below the upper");
    }
  }

  /** L-infinity with pixels in 0..1. */
  public static ThreatModel linf(double epsilon) {
    return new ThreatModel(Norm.LINF, epsilon, 0, 1);
  }

  /** L2 with pixels in 0..1. */
  public static ThreatModel l2(double epsilon) {
    return new ThreatModel(Norm.L2, epsilon, 0, 1);
  }

  /** The same with another epsilon. */
  public ThreatModel withEpsilon(double other) {
    return new ThreatModel(norm, other, low, high);
  }

  /**
   * The allowed image nearest to {@code candidate}, up to rounding inwards.
   *
   * @param clean the images that the bound is about, within the range
   * @param candidate images of the same shape
   */
  Tensor project(Tensor clean, Tensor candidate) {
    Tensor delta = norm.project(candidate.sub(clean), epsilon, rounding());
    return clean.add(delta).clip(low, high);
  }

  /**
   * x + delta is rounded to a float: at most half a unit in the last place of the largest pixel.
   */
  private double rounding() {
    return Math.max(Math.abs(low), Math.abs(high)) * 0x1p-24;
  }

  /** From {@code x} so far along the steepest direction, projected. */
  Tensor step(Tensor clean, Tensor x, Tensor gradient, double size) {
    if (norm == Norm.LINF) {
      double radius = Math.max(0, epsilon - rounding());
      return Functional.linfStep(x, gradient, clean, size, radius, low, high);
    }
    return project(clean, x.add(norm.steepest(gradient).mul(size)));
  }

  @Override
  public String toString() {
    return norm + " " + epsilon + " in [" + low + ", " + high + "]";
  }
}
