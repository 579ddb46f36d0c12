package dev.teak.nn;

/** What the settings of layers have in common. */
final class Require {
  private Require() {}

  static void eps(String layer, double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException(layer + ": eps " + eps + " must be 0 or more");
    }
  }

  static void probability(String layer, double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException(layer + ": p " + p + " must be in [0, 1)");
    }
  }
}
