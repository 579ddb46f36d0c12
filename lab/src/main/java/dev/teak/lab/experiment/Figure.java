package dev.teak.lab.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.teak.attacks.evaluation.Report.Interval;
import java.util.Set;

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
  private static final Set<String> SHARES = Set.of("accuracy", "precision", "recall", "f1");

  /** Rejects negative counts and a value outside of its interval. */
  public Figure {
    boolean outside = low != null && value < low - 1e-9 || high != null && value > high + 1e-9;
    if (outside || images != null && images < 0) {
      throw new IllegalArgumentException(
          value + " in " + low + " to " + high + ", of " + images + " images");
    }
  }

  /** Rejects a figure beyond 0..1 whose name says that it is a share; NaN is none measured. */
  static void requireShare(String name, double value) {
    String kind = name.substring(name.lastIndexOf('_') + 1);
    if (SHARES.contains(kind) && (value < 0 || value > 1)) {
      throw new IllegalArgumentException(name + " is " + value + "; shares are 0 to 1");
    }
  }

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
