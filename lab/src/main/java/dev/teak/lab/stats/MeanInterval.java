package dev.teak.lab.stats;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A mean over seeds and within what its true value lies with a confidence of 95%, by Student's t:
 * the seeds' values are taken as drawn from a normal distribution.
 *
 * @param mean NaN of no values
 * @param low NaN, like {@code high}, of fewer than two values
 * @param values how many
 */
public record MeanInterval(double mean, double low, double high, int values) {
  private static final double UPPER_TAIL = 0.975;

  /** Of some values; a NaN makes it NaN. */
  public static MeanInterval of(double... values) {
    SummaryStatistics s = new SummaryStatistics();
    for (double v : values) {
      s.addValue(v);
    }
    if (values.length < 2) {
      return new MeanInterval(s.getMean(), Double.NaN, Double.NaN, values.length);
    }
    double t =
        new TDistribution(null, values.length - 1.0).inverseCumulativeProbability(UPPER_TAIL);
    double half = t * s.getStandardDeviation() / Math.sqrt(values.length);
    return new MeanInterval(s.getMean(), s.getMean() - half, s.getMean() + half, values.length);
  }
}
