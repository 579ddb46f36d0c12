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
record Summary(double mean, double low, double high, int count) {
  static final Summary NOTHING = new Summary(Double.NaN, Double.NaN, Double.NaN, 0);

  /** Over the values that are there; the interval by Student's t, from two of them on. */
  static Summary of(double[] values) {
    double[] there = Arrays.stream(values).filter(Double::isFinite).toArray();
    if (there.length == 0) {
      return NOTHING;
    }
    MeanInterval m = MeanInterval.of(there);
    return new Summary(m.mean(), m.low(), m.high(), m.values());
  }

  boolean isThere() {
    return count > 0;
  }

  boolean hasInterval() {
    return low <= high;
  }

  /** Whether the whole interval lies above zero. */
  boolean isAboveZero() {
    return low > 0;
  }

  /** Whether the whole interval lies below zero. */
  boolean isBelowZero() {
    return high < 0;
  }

  /** The interval's lower end as a share, or the mean where there is none. */
  double lowShare() {
    return hasInterval() ? Math.max(0, low) : mean;
  }

  /** The interval's upper end as a share, or the mean where there is none. */
  double highShare() {
    return hasInterval() ? Math.min(1, high) : mean;
  }

  /** A share as percent, with the half width of its interval over seeds: 97.3% \u00b1 0.4. */
  String percent() {
    return count > 1
        ? Formats.percent(mean) + " \u00b1 " + Formats.decimals(100 * (high - mean), 1)
        : Formats.percent(mean);
  }

  /** The same without the sign of percent, for tables of many columns. */
  String bare() {
    return percent().replace("%", "");
  }

  /** A difference of shares in points, with its interval: +3.1 (+1.0 to +5.2). */
  String points() {
    return hasInterval()
        ? Formats.points(mean) + " (" + Formats.points(low) + " to " + Formats.points(high) + ")"
        : Formats.points(mean);
  }
}
