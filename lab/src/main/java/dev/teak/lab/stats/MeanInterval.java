package dev.teak.lab.stats;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A mean over seeds or folds, and within what its true value lies with a confidence of 95%, by
 * Student's t: the values are taken as drawn from a normal distribution.
 *
 * @param mean NaN of no values
 * @param low NaN, like {@code high}, of fewer than two values
 * @param values how many
 */
public record MeanInterval(double mean, double low, double high, int values) {
  private static final double UPPER_TAIL = 0.975;

  /** Of some values; a NaN makes it NaN. */
  public static MeanInterval of(double... values) {
    return correctedResampled(0, values);
  }

  /**
   * Of values of splits of the same images, as folds are, whose training sets overlap: the interval
   * is as much wider as {@link Significance#correctedResampledT} says.
   *
   * @param testToTrain n2 / n1, images held back to those trained on in a split, 0 or more: 1/9 of
   *     ten folds
   */
  public static MeanInterval correctedResampled(double testToTrain, double... values) {
    Significance.requireRatio(testToTrain);
    SummaryStatistics s = new SummaryStatistics();
    for (double v : values) {
      s.addValue(v);
    }
    if (values.length < 2) {
      return new MeanInterval(s.getMean(), Double.NaN, Double.NaN, values.length);
    }
    double t =
        new TDistribution(null, values.length - 1.0).inverseCumulativeProbability(UPPER_TAIL);
    double half = t * Math.sqrt(s.getVariance() * (1.0 / values.length + testToTrain));
    return new MeanInterval(s.getMean(), s.getMean() - half, s.getMean() + half, values.length);
  }
}
