package dev.teak.lab.report;

import j2html.tags.DomContent;
import java.util.List;

/** What was taken for what on the test set, all seeds of a training together. */
final class ConfusionFigures {
  private ConfusionFigures() {}

  static List<DomContent> of(List<Group> groups) {
    return groups.stream()
        .<DomContent>map(g -> ConfusionMatrix.render(g.model() + ", " + g.training(), sum(g)))
        .toList();
  }

  private static long[][] sum(Group g) {
    int n = g.first().clean().confusion().length;
    long[][] sum = new long[n][n];
    for (var r : g.results()) {
      int[][] counts = r.clean().confusion();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sum[i][j] += counts[i][j];
        }
      }
    }
    return sum;
  }
}
