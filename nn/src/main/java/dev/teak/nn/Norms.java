package dev.teak.nn;

/** What the settings of all normalizations have in common. */
final class Norms {
  private Norms() {}

  static void requireEps(String layer, double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException(layer + ": eps " + eps + " must be 0 or more");
    }
  }
}
