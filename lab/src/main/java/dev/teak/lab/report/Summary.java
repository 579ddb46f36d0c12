package dev.teak.lab.report;

import dev.teak.lab.stats.MeanInterval;
import java.util.Arrays;

/**
 * A mean over seeds and its 95% interval; with one seed, the value and an interval of its own, if
 * it has one.
 *
 * @param mean NaN where nothing was measured
 * @param low the interval's lower end; NaN for no interval
 * @param high the other end
 * @param count of seeds
 */
public record Summary(double mean, double low, double high, int count) {
  public static final Summary NOTHING = new Summary(Double.NaN, Double.NaN, Double.NaN, 0);

  /** Over the values that are there; the interval by Student's t, from two of them on. */
  public static Summary of(double[] values) {
    double[] there = Arrays.stream(values).filter(Double::isFinite).toArray();
    if (there.length == 0) {
      return NOTHING;
    }
    MeanInterval m = MeanInterval.of(there);
    return new Summary(m.mean(), m.low(), m.high(), m.values());
  }

  public boolean isThere() {
    return count > 0;
  }

  public boolean hasInterval() {
    return low <= high;
  }

  /**
   * Whether the whole interval lies above zero. One without a width says nothing: accuracies of few
   * images often agree, and so do their differences.
   */
  public boolean isAboveZero() {
    return low > 0 && high > low;
  }

  /** Whether the whole interval lies below zero, and has a width. */
  public boolean isBelowZero() {
    return high < 0 && high > low;
  }

  /** Of a difference in a few words: one of the two where it is shown, else why it is not. */
  public String word(String up, String down) {
    if (!hasInterval()) {
      return "not decided: one seed";
    }
    return isAboveZero() ? up : isBelowZero() ? down : "no difference is shown";
  }

  /** The interval's lower end as a share, or the mean where there is none. */
  public double lowShare() {
    return hasInterval() ? Math.max(0, low) : mean;
  }

  /** The interval's upper end as a share, or the mean where there is none. */
  public double highShare() {
    return hasInterval() ? Math.min(1, high) : mean;
  }

  /** What it is a figure of: 3 seeds. */
  public String of() {
    return Formats.count(count, "seed");
  }

  /**
   * A share as percent, with the half width of its interval over seeds, 97.3% \u00b1 0.4, or the
   * ends of that over images of one seed.
   */
  public String percent() {
    if (!hasInterval()) {
      return Formats.percent(mean);
    }
    return count > 1
        ? Formats.percent(mean) + " \u00b1 " + Formats.decimals(100 * (high - mean), 1)
        : Formats.percent(mean)
            + " ("
            + Formats.decimals(100 * low, 1)
            + " to "
            + Formats.decimals(100 * high, 1)
            + ")";
  }

  /** The same without the sign of percent, for tables of many columns. */
  public String bare() {
    return percent().replace("%", "");
  }

  /** A difference of shares in points, with its interval: +3.1 (+1.0 to +5.2). */
  public String points() {
    return Formats.difference(mean, low, high, count);
  }
}
