package dev.teak.lab.paper;

import dev.teak.lab.report.Group;
import java.util.List;

/**
 * What the paper on feature masking and gradient manipulation prints of MNIST. It states neither
 * the epsilon of its FGSM nor its model, seeds or machine.
 */
final class FeatureMaskingFigures {
  private FeatureMaskingFigures() {}

  /**
   * A row of Table I.
   *
   * @param name as the page calls it
   * @param training the same in words of an experiment
   * @param train accuracy, 0..1
   * @param test accuracy, 0..1
   * @param fgsm accuracy under FGSM at an epsilon that is not stated, 0..1
   * @param slower training time over the baseline's, less 1
   */
  record Row(String name, String training, double train, double test, double fgsm, double slower) {
    /** Whether these are trained as this row says, and with nothing else. */
    boolean isOf(Group g) {
      return training.equals(g.training());
    }
  }

  static final Row BASELINE = new Row("baseline", Group.BASELINE, 0.99, 0.98, 0.60, 0);
  static final Row RANDOM_10 = new Row("masked 10%, random", "random 0.1", 0.98, 0.96, 0.75, 0.05);
  static final Row RANDOM_30 = new Row("masked 30%, random", "random 0.3", 0.97, 0.94, 0.80, 0.10);
  static final Row RANDOM_50 = new Row("masked 50%, random", "random 0.5", 0.95, 0.92, 0.85, 0.15);
  static final Row FIXED_30 =
      new Row("masked 30%, fixed", "random 0.3 fixed", 0.97, 0.93, 0.78, 0.07);

  /** Table I. */
  static final List<Row> TABLE_I = List.of(BASELINE, RANDOM_10, RANDOM_30, RANDOM_50, FIXED_30);

  /** Table II: the metrics of one model, which the paper does not name. */
  static final double ACCURACY = 0.95;

  static final double PRECISION = 0.96;
  static final double RECALL = 0.94;
  static final double F1 = 0.95;
  static final double TRAIN_SECONDS = 120;
  static final double INFERENCE_SECONDS = 0.5;
  static final double SIZE_MB = 1.5;

  /** The results of a model that a row of Table I stands beside; null for none. */
  static Group find(Row row, List<Group> groups) {
    return groups.stream().filter(g -> row.isOf(g)).findFirst().orElse(null);
  }

  /** Whether a group is in Table I. */
  static boolean isInTable(Group g) {
    return TABLE_I.stream().anyMatch(row -> row.isOf(g));
  }
}
