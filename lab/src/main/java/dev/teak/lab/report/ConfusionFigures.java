package dev.teak.lab.report;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.measure.Clean;
import j2html.tags.DomContent;
import java.util.List;
import java.util.stream.IntStream;

/** What was taken for what on the test set, all seeds of a training together. */
final class ConfusionFigures {
  private ConfusionFigures() {}

  static List<DomContent> of(List<Group> groups) {
    return groups.stream()
        .filter(g -> !counts(g.first()).isEmpty())
        .<DomContent>map(g -> ConfusionMatrix.render(title(g), numbered(sum(g).length), sum(g)))
        .toList();
  }

  private static List<List<Integer>> counts(CellResult r) {
    return r.measured(Clean.NAME).map(Measured::confusion).orElse(List.of());
  }

  private static String title(Group g) {
    return g.model() + ", " + g.training();
  }

  private static List<String> numbered(int classes) {
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  private static long[][] sum(Group g) {
    int n = counts(g.first()).size();
    long[][] sum = new long[n][n];
    for (var r : g.results()) {
      List<List<Integer>> counts = counts(r);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sum[i][j] += counts.get(i).get(j);
        }
      }
    }
    return sum;
  }
}
