package dev.teak.lab.measure;

import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.nn.train.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How well classes were told apart, as figures. */
final class Scores {
  private Scores() {}

  /**
   * With accuracy and its interval, macro precision, recall and F1.
   *
   * @param truth true classes
   * @param said predicted ones, as many
   */
  static Measured add(Measured to, int classes, int[] truth, int... said) {
    Metrics m = Metrics.of(truth, said, classes);
    int n = truth.length;
    return to.figure("accuracy", Figure.share((int) Math.round(m.accuracy() * n), n))
        .figure("precision", Figure.of(m.macroPrecision(), n))
        .figure("recall", Figure.of(m.macroRecall(), n))
        .figure("f1", Figure.of(m.macroF1(), n));
  }

  /** {@code [true class][predicted class]} counts. */
  static List<List<Integer>> confusion(int classes, int[] truth, int... said) {
    return Arrays.stream(Metrics.of(truth, said, classes).confusion())
        .map(row -> list(row))
        .collect(Collectors.toList());
  }

  static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
