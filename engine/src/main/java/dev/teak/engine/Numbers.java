package dev.teak.engine;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers as people write and read them. */
public final class Numbers {
  private Numbers() {}

  /**
   * The number that a text is: a decimal one, as {@code 0.03}, or a fraction of two, as {@code
   * 8/255}, which is how papers give bounds on pixels of 8 bits. What is made of it is a plain
   * double: results hold 0.03137254901960784, not the fraction.
   *
   * @throws NumberFormatException saying what was found and what is expected, if it is neither or a
   *     fraction whose value is infinite or no number
   */
  public static double parse(String text) {
    try {
      int slash = text.indexOf('/');
      if (slash < 0) {
        return Double.parseDouble(text);
      }
      double divisor = Double.parseDouble(text.substring(slash + 1));
      double value = Double.parseDouble(text.substring(0, slash)) / divisor;
      if (Double.isFinite(value) && Double.isFinite(divisor)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, in words for people
    }
    throw new NumberFormatException("'" + text + "' is no number; expects one as 0.03 or 8/255");
  }

  /** Five digits at most, and none that say nothing: 2.5, 0.33333, 1.234e-05. */
  public static String shortest(double v) {
    if (!Double.isFinite(v)) {
      return Double.toString(v);
    }
    if (v == Math.rint(v) && Math.abs(v) < 1e7) {
      return Long.toString((long) v);
    }
    double size = Math.abs(v);
    if (size < 1e-4 || size >= 1e6) {
      return String.format(Locale.ROOT, "%.3e", v);
    }
    int decimals = Math.max(0, 4 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + Math.min(5, decimals) + "f", v)
        .replaceAll("(\\.\\d*?)0+$", "$1")
        .replaceAll("\\.$", "");
  }

  /** As short as it can be and still read back to the same number: 8, 0.3, 0.0001. */
  public static String exact(double v) {
    return Double.isFinite(v)
        ? BigDecimal.valueOf(v).stripTrailingZeros().toPlainString()
        : Double.toString(v);
  }

  /** A count in units, thousands of them, millions and so on: 32 FLOP, 3.21 kFLOP, 11.2 MFLOP. */
  public static String scaled(double v, String unit) {
    String[] prefixes = {"", "k", "M", "G", "T"};
    int prefix = 0;
    while (Math.abs(v) >= 999.5 && prefix < prefixes.length - 1) {
      v /= 1000;
      prefix++;
    }
    String digits = v == Math.rint(v) ? "%.0f" : v >= 99.95 ? "%.0f" : v >= 9.995 ? "%.1f" : "%.2f";
    return (String.format(Locale.ROOT, digits, v) + " " + prefixes[prefix] + unit).strip();
  }
}
