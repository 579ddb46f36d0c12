package dev.teak.engine.backend;

import dev.teak.engine.DType;

/**
 * How far a result may lie from the reference, derived from the arithmetic. Everywhere u is the
 * unit roundoff of the tested backend's floats (2^-24 or 2^-53): one rounding changes a result by
 * at most u times itself. The smallest normal number is always allowed on top where anything is
 * allowed, as devices may flush subnormals to zero.
 */
@FunctionalInterface
interface Tolerance {
  /**
   * A sum must be split into blocks, or else long sums lose their last digits; no chain is longer.
   */
  int LONGEST_CHAIN = 4096;

  /**
   * Roundings beside those that a formula counts: loads, constants, a final scaling, fused terms.
   */
  int SOME = 8;

  /** The largest error allowed for element {@code i}, in multiples of u. */
  double roundoffs(int i, double expected);

  /** Not even a rounding: results that are picked, compared or truncated. */
  Tolerance EXACT = (i, y) -> 0;

  /** The nearest float, except that subnormals may be flushed. */
  Tolerance NEAREST = (i, y) -> Double.MIN_VALUE;

  /** {@code n} units in the last place, a unit being 2 u. */
  static Tolerance ulps(int n) {
    return (i, y) -> n * 2 * Math.abs(y);
  }

  /** {@code n} units in the last place of a result whose natural size is 1, such as a sine. */
  static Tolerance ulpsOfOne(int n) {
    return (i, y) -> n * 2 * (1 + Math.abs(y));
  }

  /** {@code n} roundings of quantities no larger than {@code scale}. */
  static Tolerance roundings(double n, double scale) {
    return (i, y) -> n * scale;
  }

  /**
   * A sum of {@code terms} products in any order (Higham, "Accuracy and stability of numerical
   * algorithms", section 3.1): |error| at most (terms + some) u sum |a b|.
   *
   * @param magnitudes sum |a b| of every element
   */
  static Tolerance sum(long terms, double[] magnitudes) {
    return (i, y) -> (Math.min(terms, LONGEST_CHAIN) + SOME) * magnitudes[i];
  }

  /**
   * A convolution by transformed tiles (Winograd). An output then also feels the tile's other
   * inputs, so the bound has the largest products in place of the output's own. The sum over
   * channels is a chain. The transforms of F(4x4, 3x3) amplify a rounding: at worst, by the sums of
   * the matrices' magnitudes, (48 / 3)^2 = 256 times; over 10^5 outputs of one channel 41 was seen,
   * and 64 is allowed.
   *
   * @param terms products summed in one output
   * @param chain channels (or tiles, for a weight's gradient) added one after the other
   * @param largest largest |a b| there can be
   */
  static Tolerance transformed(long terms, long chain, double largest) {
    return (i, y) -> (chain + 64) * terms * largest;
  }

  /** What is wrong with {@code actual}, or null where it is within the tolerance. */
  default String problem(DType type, int i, double actual, double expected) {
    boolean single = type == DType.FLOAT32;
    double u = single ? 0x1p-24 : 0x1p-53;
    double largest = single ? Float.MAX_VALUE : Double.MAX_VALUE;
    double smallest = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    double rounded = single ? (float) expected : expected;
    if (actual == rounded || (Double.isNaN(actual) && Double.isNaN(rounded))) {
      return null;
    }
    double roundoffs = roundoffs(i, expected);
    double bound = roundoffs == 0 ? 0 : roundoffs * u + smallest;
    boolean overflow =
        Math.abs(expected) + bound > largest && Math.abs(actual) >= largest * (1 - u);
    if (overflow && Double.isFinite(expected) && Math.signum(actual) == Math.signum(expected)) {
      return null;
    }
    // Written so that NaN fails; an infinite bound would forgive anything, so infinities must
    // match.
    if (Double.isFinite(rounded) && Math.abs(actual - rounded) <= bound) {
      return null;
    }
    return "element "
        + i
        + " is "
        + actual
        + ", the reference gives "
        + rounded
        + ", and the error may be "
        + bound;
  }
}
