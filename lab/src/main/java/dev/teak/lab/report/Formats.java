package dev.teak.lab.report;

import java.util.Locale;

/**
 * Numbers as a report writes them: the same digits everywhere, and a dash for what is not there.
 */
final class Formats {
  /** Stands where nothing was measured. */
  static final String NOTHING = "\u2013";

  private static final String MINUS = "\u2212";

  private Formats() {}

  /** A share as percent: 97.3%. */
  static String percent(double share) {
    return Double.isFinite(share) ? decimals(100 * share, 1) + "%" : NOTHING;
  }

  /** A difference of shares in percentage points, with its sign: +12.4. */
  static String points(double difference) {
    if (!Double.isFinite(difference)) {
      return NOTHING;
    }
    String digits = decimals(Math.abs(100 * difference), 1);
    return digits.equals("0.0") ? digits : (difference < 0 ? MINUS : "+") + digits;
  }

  /** A share of 0..1 as precision and recall are written: 0.953. */
  static String share(double share) {
    return Double.isFinite(share) ? decimals(share, 3) : NOTHING;
  }

  /** A probability of a test: 0.031, and below a thousandth "&lt; 0.001". */
  static String probability(double p) {
    if (!Double.isFinite(p)) {
      return NOTHING;
    }
    return p < 0.001 ? "< 0.001" : decimals(p, 3);
  }

  /** A number with so many digits after the point, a dash for none. */
  static String decimals(double v, int digits) {
    return Double.isFinite(v) ? String.format(Locale.ROOT, "%." + digits + "f", v) : NOTHING;
  }

  /** Seconds: 0.041 s, 4.1 s, 412 s. */
  static String seconds(double s) {
    return Double.isFinite(s) ? decimals(s, s < 1 ? 3 : s < 100 ? 1 : 0) + " s" : NOTHING;
  }

  /** An increase as a share of what was, with its sign: +7%. */
  static String increase(double share) {
    if (!Double.isFinite(share)) {
      return NOTHING;
    }
    long percent = Math.round(100 * share);
    return (percent < 0 ? MINUS : "+") + Math.abs(percent) + "%";
  }
}
