package dev.teak.lab.report;

import java.util.Locale;

/**
 * Numbers as a report writes them: the same digits everywhere, and a dash for what is not there.
 */
public final class Formats {
  /** Stands where nothing was measured. */
  public static final String NOTHING = "\u2013";

  /** Stands for a ratio of times that are too short for one. */
  public static final String TOO_SHORT = "too short to compare";

  private static final double SHORTEST = 1;

  /** Wider than this from end to end: about what 170 images leave of a share of a half. */
  private static final double WIDE = 0.15;

  private static final String MINUS = "\u2212";

  private Formats() {}

  /** A share as percent: 97.3%. */
  public static String percent(double share) {
    return Double.isFinite(share) ? decimals(100 * share, 1) + "%" : NOTHING;
  }

  /** A difference of shares in percentage points, with its sign: +12.4. */
  public static String points(double difference) {
    if (!Double.isFinite(difference)) {
      return NOTHING;
    }
    String digits = decimals(Math.abs(100 * difference), 1);
    return digits.equals("0.0") ? digits : (difference < 0 ? MINUS : "+") + digits;
  }

  /** A share of 0..1 as precision and recall are written: 0.953. */
  public static String share(double share) {
    return Double.isFinite(share) ? decimals(share, 3) : NOTHING;
  }

  /** A probability of a test: 0.031, and below a thousandth "&lt; 0.001". */
  public static String probability(double p) {
    if (!Double.isFinite(p)) {
      return NOTHING;
    }
    return p < 0.001 ? "< 0.001" : decimals(p, 3);
  }

  /** A number with so many digits after the point, a dash for none. */
  public static String decimals(double v, int digits) {
    return Double.isFinite(v) ? String.format(Locale.ROOT, "%." + digits + "f", v) : NOTHING;
  }

  /** Seconds: 0.041 s, 4.1 s, 412 s. */
  public static String seconds(double s) {
    return Double.isFinite(s) ? decimals(s, s < 1 ? 3 : s < 100 ? 1 : 0) + " s" : NOTHING;
  }

  /** An increase as a share of what was, with its sign: +7%. */
  public static String increase(double share) {
    if (!Double.isFinite(share)) {
      return NOTHING;
    }
    long percent = Math.round(100 * share);
    return (percent < 0 ? MINUS : "+") + Math.abs(percent) + "%";
  }

  /** A number of things: 1 seed, 3 seeds, 10,000 images. */
  public static String count(long n, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", n, thing, n == 1 ? "" : "s");
  }

  /**
   * A share over images with its interval, which is said to be wide where it leaves so much open
   * that the share says little: 93.8% (71.7 to 98.9, wide: 16 images).
   */
  public static String ofImages(double share, double low, double high, long images) {
    if (!Double.isFinite(share)) {
      return NOTHING;
    }
    String wide = high - low > WIDE ? ", wide: " : ", ";
    return String.format(
        Locale.ROOT,
        "%s (%s to %s%s%s)",
        percent(share),
        decimals(100 * low, 1),
        decimals(100 * high, 1),
        wide,
        count(images, "image"));
  }

  /**
   * A difference of shares in points with its interval: +3.1 (+1.0 to +5.2). Of one seed without an
   * interval it is said to be untested.
   */
  public static String difference(double mean, double low, double high, int seeds) {
    if (!Double.isFinite(mean)) {
      return NOTHING;
    }
    if (low <= high) {
      return points(mean) + " (" + points(low) + " to " + points(high) + ")";
    }
    return points(mean) + (seeds == 1 ? " (one seed, not tested)" : " (not tested)");
  }

  /**
   * How much longer one thing takes than another, with its sign: +7%. Below a second a ratio is
   * that of the JIT and the clock, and so it is not given.
   */
  public static String slower(double seconds, double than) {
    return isLongEnough(seconds, than) || !Double.isFinite(seconds + than)
        ? increase(seconds / than - 1)
        : TOO_SHORT;
  }

  /** Whether a ratio of two times means anything. */
  public static boolean isLongEnough(double seconds, double than) {
    return Math.min(seconds, than) >= SHORTEST;
  }
}
