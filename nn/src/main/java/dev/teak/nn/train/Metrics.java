package dev.teak.nn.train;

import java.util.Arrays;

/**
 * How well classes were told apart. A precision, recall or F1 that is 0 / 0 counts as 0, and all
 * classes count, those without examples too: scikit-learn's with {@code zero_division=0} and all
 * classes as {@code labels}. What was given no class, since a logit was NaN or the image was
 * rejected, is wrong.
 *
 * @param confusion {@code [true class][predicted class]} counts; with a last column more, where
 *     there is any, for what was given no class
 */
@SuppressWarnings("ArrayRecordComponent") // a table, never compared
public record Metrics(int[][] confusion) {
  /**
   * From true and predicted classes, each in 0..classes-1; a prediction may also be {@link
   * Evaluate#NO_CLASS} or {@link Evaluate#REJECTED}.
   */
  public static Metrics of(int[] truth, int[] predicted, int classes) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          "metrics: " + truth.length + " true classes and " + predicted.length + " predictions");
    }
    boolean all = Arrays.stream(predicted).noneMatch(Metrics::isNone);
    int[][] confusion = new int[classes][all ? classes : classes + 1];
    for (int i = 0; i < truth.length; i++) {
      int called = isNone(predicted[i]) ? classes : predicted[i];
      boolean known = truth[i] >= 0 && truth[i] < classes && called >= 0;
      if (!known || called >= confusion[truth[i]].length) {
        throw new IllegalArgumentException(
            "metrics: sample "
                + i
                + " is of class "
                + truth[i]
                + " and was called "
                + predicted[i]
                + "; classes go from 0 to "
                + (classes - 1));
      }
      confusion[truth[i]][called]++;
    }
    return new Metrics(confusion);
  }

  private static boolean isNone(int predicted) {
    return predicted == Evaluate.NO_CLASS || predicted == Evaluate.REJECTED;
  }

  /** Share of all that were right; NaN for none. */
  public double accuracy() {
    long right = 0;
    long all = 0;
    for (int t = 0; t < confusion.length; t++) {
      right += confusion[t][t];
      all += row(t);
    }
    return (double) right / all;
  }

  private long row(int t) {
    long sum = 0;
    for (int count : confusion[t]) {
      sum += count;
    }
    return sum;
  }

  private long column(int p) {
    long sum = 0;
    for (int[] row : confusion) {
      sum += row[p];
    }
    return sum;
  }

  private static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  /** Mean over classes of: of those called c, the share that is c. */
  public double macroPrecision() {
    double sum = 0;
    for (int c = 0; c < confusion.length; c++) {
      sum += share(confusion[c][c], (double) column(c));
    }
    return sum / confusion.length;
  }

  /** Mean over classes of: of those that are c, the share called so. */
  public double macroRecall() {
    double sum = 0;
    for (int c = 0; c < confusion.length; c++) {
      sum += share(confusion[c][c], (double) row(c));
    }
    return sum / confusion.length;
  }

  /** Mean over classes of the harmonic mean of precision and recall. */
  public double macroF1() {
    double sum = 0;
    for (int c = 0; c < confusion.length; c++) {
      sum += share(2.0 * confusion[c][c], (double) row(c) + column(c));
    }
    return sum / confusion.length;
  }
}
