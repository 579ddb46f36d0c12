package dev.teak.engine;

/**
 * What a tensor's elements are like; NaN and infinite ones are counted and left out of all else.
 *
 * @param count of all elements
 * @param notFinite of those that are NaN or infinite
 * @param zeros of those that are 0
 * @param min smallest; NaN over nothing, as are the others
 * @param max largest
 * @param mean their mean
 * @param deviation the root of the mean square distance from it
 * @param norm the root of the sum of squares
 */
public record Statistics(
    int count,
    int notFinite,
    int zeros,
    double min,
    double max,
    double mean,
    double deviation,
    double norm) {

  /** Of a tensor's elements; waits for them. */
  public static Statistics of(Tensor t) {
    return of(t.toNumbers());
  }

  static Statistics of(double... values) {
    int finite = 0;
    int zeros = 0;
    double min = Double.NaN;
    double max = Double.NaN;
    double sum = 0;
    double squares = 0;
    for (double v : values) {
      if (Double.isFinite(v)) {
        min = finite == 0 ? v : Math.min(min, v);
        max = finite == 0 ? v : Math.max(max, v);
        finite++;
        zeros += v == 0 ? 1 : 0;
        sum += v;
        squares += v * v;
      }
    }
    double mean = sum / finite;
    double distances = 0;
    for (double v : values) {
      distances += Double.isFinite(v) ? (v - mean) * (v - mean) : 0;
    }
    double deviation = Math.sqrt(distances / finite);
    int bad = values.length - finite;
    return new Statistics(values.length, bad, zeros, min, max, mean, deviation, Math.sqrt(squares));
  }

  @Override
  public String toString() {
    if (count == notFinite) {
      return count == 0 ? "empty" : "all NaN or infinite";
    }
    String text =
        "min %s, max %s, mean %s, deviation %s"
            .formatted(
                Numbers.shortest(min),
                Numbers.shortest(max),
                Numbers.shortest(mean),
                Numbers.shortest(deviation));
    return notFinite == 0 ? text : text + "; " + notFinite + " NaN or infinite";
  }
}
