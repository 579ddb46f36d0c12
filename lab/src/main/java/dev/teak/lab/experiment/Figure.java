package dev.teak.lab.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.teak.attacks.evaluation.Report.Interval;

/**
 * A number that was measured.
 *
 * @param value of it
 * @param images that it was measured on; null where it is of no images
 * @param low of its 95% interval over these images; null where there is none
 * @param high of it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Figure(double value, Integer images, Double low, Double high) {
  /** A number that is of no images. */
  public static Figure of(double value) {
    return new Figure(value, null, null, null);
  }

  /** A mean or another number of so many images. */
  public static Figure of(double value, int images) {
    return new Figure(value, images, null, null);
  }

  /** So many of some images, as a share with Wilson's interval. */
  public static Figure share(int of, int images) {
    Interval i = Interval.of(of, images);
    return new Figure((double) of / images, images, i.low(), i.high());
  }
}
