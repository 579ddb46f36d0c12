package dev.teak.lab.report;

import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * A claim beside what was found.
 *
 * @param claim as a question
 * @param paper what the paper prints of it
 * @param found what was measured, a sentence for each model
 */
public record Finding(String claim, String paper, List<Sentence> found) {
  /**
   * What was measured of a model.
   *
   * @param figure the one that decides, with its interval; lines where there are two
   * @param sign of the verdict
   * @param verdict in a few words
   * @param words the figures behind it
   */
  public record Sentence(String model, String figure, Verdict sign, String verdict, String words) {}

  /** As a line of the first screen. */
  public Question question() {
    return new Question(claim, paper, found.stream().map(Finding::answer).toList());
  }

  private static Answer answer(Sentence s) {
    String words = s.words.substring(0, 1).toUpperCase(Locale.ROOT) + s.words.substring(1);
    return new Answer(s.model, s.figure, s.sign, s.verdict, List.of(words));
  }
}
