package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.Numbers;
import dev.teak.engine.Tensor;
import java.util.Locale;

/**
 * What an attacker may do: change an image by at most {@code epsilon} in a norm, within the pixel
 * range. An end of the range need not be a float, as where images are normalised: then pixels are
 * brought to the nearest float inside, while images given may have the nearest float outside.
 *
 * @param norm how changes are measured
 * @param epsilon largest change, in pixel units; 0 or more; infinite where only the range bounds
 * @param low smallest pixel value
 * @param high largest pixel value
 */
public record ThreatModel(Norm norm, double epsilon, double low, double high) {
  /** Rejects a negative epsilon, an infinite range, and one with fewer than two floats in it. */
  public ThreatModel {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("epsilon " + epsilon + ": must be 0 or more");
    }
    if (!(low < high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException(
          "pixel range " + low + ".." + high + ": the lower end must be below the upper");
    }
    if (!(inside(low, 1) < inside(high, -1))) {
      throw new IllegalArgumentException(
          "pixel range " + low + ".." + high + ": has no two floats in it");
    }
  }

  /**
   * How far the pixel range reaches. It is the unit of the rates and sizes that attacks have beside
   * epsilon, so that a problem posed in 0..255 goes as it does in 0..1.
   */
  public double range() {
    return high - low;
  }

  /** The float nearest to an end that does not lie beyond it; {@code up} is 1 for a lower end. */
  private static float inside(double end, int up) {
    float nearest = (float) end;
    boolean beyond = up * (end - nearest) > 0;
    return !beyond ? nearest : up > 0 ? Math.nextUp(nearest) : Math.nextDown(nearest);
  }

  /** The smallest pixel that is a float within the range. */
  public float least() {
    return inside(low, 1);
  }

  /** The largest pixel that is a float within the range. */
  public float most() {
    return inside(high, -1);
  }

  /** L-infinity with pixels in 0..1. */
  public static ThreatModel linf(double epsilon) {
    return new ThreatModel(Norm.LINF, epsilon, 0, 1);
  }

  /** L2 with pixels in 0..1. */
  public static ThreatModel l2(double epsilon) {
    return new ThreatModel(Norm.L2, epsilon, 0, 1);
  }

  /** L1 with pixels in 0..1. */
  public static ThreatModel l1(double epsilon) {
    return new ThreatModel(Norm.L1, epsilon, 0, 1);
  }

  /** Any change within 0..1, measured in a norm: what minimum-norm attacks start from. */
  public static ThreatModel unbounded(Norm norm) {
    return new ThreatModel(norm, Double.POSITIVE_INFINITY, 0, 1);
  }

  /**
   * Reads {@code linf:0.3} or {@code linf:8/255}, with pixels in 0..1.
   *
   * @throws IllegalArgumentException if the text is of another form, or epsilon is negative
   */
  public static ThreatModel parse(String text) {
    String[] parts = text.split(":", -1);
    try {
      if (parts.length == 2) {
        Norm norm = Norm.valueOf(parts[0].toUpperCase(Locale.ROOT));
        return new ThreatModel(norm, Numbers.parse(parts[1]), 0, 1);
      }
    } catch (IllegalArgumentException e) {
      // said below, with what would be right
    }
    throw new IllegalArgumentException(
        "threat model '"
            + text
            + "': expects a norm and an epsilon of 0 or more, as linf:0.3 or linf:8/255");
  }

  /** The same with another epsilon. */
  public ThreatModel withEpsilon(double other) {
    return new ThreatModel(norm, other, low, high);
  }

  /** Whether the norm bounds at all. */
  public boolean isBounded() {
    return !Double.isInfinite(epsilon);
  }

  /** The largest change in this norm that the range allows an image of so many pixel values. */
  public double widest(int pixels) {
    return norm.ofConstant(range(), pixels);
  }

  /**
   * The size in this norm of the smallest change worth a step, 2^-20 of the range in every one of
   * so many pixel values: where a boundary is met exactly, an attack goes on by this.
   */
  public double finest(int pixels) {
    return norm.ofConstant(range() * 0x1p-20, pixels);
  }

  /** Pixels brought into the range. */
  public Tensor clip(Tensor x) {
    return x.clip(least(), most());
  }

  /** A pixel brought into the range, as a float. */
  public float clip(double pixel) {
    return Math.min(most(), Math.max(least(), (float) pixel));
  }

  /**
   * The allowed image nearest to {@code candidate}, up to rounding inwards.
   *
   * @param clean the images that the bound is about, within the range
   * @param candidate images of the same shape
   */
  public Tensor project(Tensor clean, Tensor candidate) {
    if (!isBounded()) {
      return clip(candidate);
    }
    return clip(clean.add(norm.project(candidate.sub(clean), reach(pixels(clean)))));
  }

  /**
   * From {@code x} so far along the steepest direction, projected.
   *
   * @param gradient of x's shape; a pixel where it is NaN counts as one where it is 0
   * @param size length of the step in the norm
   */
  public Tensor step(Tensor clean, Tensor x, Tensor gradient, double size) {
    if (norm == Norm.LINF) {
      double radius = isBounded() ? reach(pixels(clean)) : range();
      return Functional.linfStep(x, gradient, clean, size, radius, least(), most());
    }
    return project(clean, x.add(steepest(x, Victim.finite(gradient)).mul(size)));
  }

  /**
   * The direction of unit size in the norm in which a linear function grows most. Where few pixels
   * are to be chosen (L0, L1), those count that the range lets move.
   */
  public Tensor steepest(Tensor x, Tensor gradient) {
    if (norm == Norm.LINF || norm == Norm.L2) {
      return norm.steepest(gradient);
    }
    Tensor up = gradient.gt(0).mul(x.lt(most()));
    Tensor down = gradient.lt(0).mul(x.gt(least()));
    return norm.steepest(gradient.mul(up.add(down)));
  }

  /** A random allowed image for each. */
  public Tensor random(Tensor clean, SampleRandom random) {
    double radius = isBounded() ? epsilon : widest(pixels(clean));
    return project(clean, clean.add(norm.random(clean.shape(), radius, random)));
  }

  /**
   * Epsilon less what may be added by rounding the sum of an image and its change to floats, and by
   * taking a pixel for the nearest float inside the range; a float itself.
   *
   * @param pixels of an image
   */
  public double reach(int pixels) {
    // Half a unit in the last place of the largest pixel.
    double rounding = Math.ulp((float) Math.max(Math.abs(low), Math.abs(high))) / 2;
    double inwards = Math.max(least() - (float) low, (float) high - most());
    return inside(norm.reach(epsilon, pixels, rounding + inwards), -1);
  }

  private static int pixels(Tensor images) {
    return images.shape().size() / images.shape().dim(0);
  }

  @Override
  public String toString() {
    return norm + ":" + epsilon + " in [" + low + ", " + high + "]";
  }
}
