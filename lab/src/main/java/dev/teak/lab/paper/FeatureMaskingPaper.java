package dev.teak.lab.paper;

import dev.teak.lab.report.AttackFigures;
import dev.teak.lab.report.Finding;
import dev.teak.lab.report.Group;
import dev.teak.lab.report.Question;
import dev.teak.lab.report.Results;
import j2html.tags.DomContent;
import java.util.List;

/** Feature masking and gradient manipulation: {@code docs/papers/feature-masking.md}. */
final class FeatureMaskingPaper implements Paper {
  @Override
  public String name() {
    return "feature-masking";
  }

  @Override
  public String title() {
    return "Feature masking and gradient manipulation";
  }

  @Override
  public List<Question> questions(Results results) {
    return FeatureMaskingFindings.of(results).stream().map(Finding::question).toList();
  }

  @Override
  public String basis() {
    return "These verdicts are computed from the results of the masks of Table I. A difference (in"
        + " points, the least and the largest) counts where the 95% interval of the differences from"
        + " the baseline of the same seed (or, of an attack that ran on one seed, over its images)"
        + " leaves zero out; corrected for the number of comparisons they stand under"
        + " Significance.";
  }

  /** What is left under attack of the trainings of Table I, which is what the paper is about. */
  @Override
  public List<DomContent> charts(Results results) {
    return results.models().stream()
        .filter(m -> results.of(m).stream().anyMatch(this::features))
        .map(
            m ->
                AttackFigures.bars(
                    results, m, results.of(m).stream().filter(this::features).toList()))
        .toList();
  }

  @Override
  public List<Part> parts(Results results) {
    return List.of(new Part("The paper's tables", FeatureMaskingTables.of(results)));
  }

  @Override
  public boolean features(Group group) {
    return FeatureMaskingFigures.isInTable(group);
  }
}
