package dev.teak.engine.backend;

/**
 * GELU and its derivative in double precision (Hendrycks and Gimpel 2016, arXiv:1606.08415), by the
 * error function and by the tanh form. Both keep their digits in the tails, and take their limits
 * at the infinities, where PyTorch gives NaN.
 */
final class Gelu {
  /** 2 sqrt(2 / pi). */
  private static final double SCALE = 2 * Math.sqrt(2 / Math.PI);

  private static final double CUBIC = 0.044715;

  /** Beyond this, all four are their limits: what is left is below the smallest double. */
  private static final double FAR = 40;

  private Gelu() {}

  private static double within(double x) {
    return Math.max(-FAR, Math.min(FAR, x));
  }

  static double value(double x) {
    return x < -FAR ? -0.0 : x * distribution(within(x));
  }

  static double slope(double x) {
    double z = within(x);
    return distribution(z) + z * gaussian(z) / Math.sqrt(2 * Math.PI);
  }

  /** The normal distribution function. */
  private static double distribution(double x) {
    double tail = 0.5 * gaussian(x) * Erf.scaled(Math.abs(x) * Math.sqrt(0.5));
    return x > 0 ? 1 - tail : tail;
  }

  /** e^(-x^2 / 2), x^2 in two parts, the larger exact: else its rounding would be amplified. */
  private static double gaussian(double x) {
    double head = Math.rint(x * 16) / 16;
    return Math.exp(-0.5 * head * head) * Math.exp(0.5 * (head - x) * (head + x));
  }

  static double tanhValue(double x) {
    return x < -FAR ? -0.0 : x * logistic(exponent(within(x)));
  }

  static double tanhSlope(double x) {
    double z = within(x);
    double w = exponent(z);
    double slope = SCALE * (1 + 3 * CUBIC * z * z);
    return logistic(w) * (1 + z * slope * logistic(-w));
  }

  /** 2 u, where GELU is x (1 + tanh u) / 2 = x / (1 + exp(-2 u)). */
  private static double exponent(double x) {
    return SCALE * (x + CUBIC * x * x * x);
  }

  private static double logistic(double w) {
    return 1 / (1 + Math.exp(-w));
  }
}
