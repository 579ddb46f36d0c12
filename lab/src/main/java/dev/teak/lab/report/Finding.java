package dev.teak.lab.report;

import java.util.List;

/**
 * A claim beside what was found.
 *
 * @param claim as a question
 * @param paper what the paper prints of it
 * @param found what was measured, a sentence for each model
 */
record Finding(String claim, String paper, List<Sentence> found) {
  /**
   * What was measured of a model.
   *
   * @param verdict in a few words
   * @param words the figures behind it
   */
  record Sentence(String model, String verdict, String words) {}
}
