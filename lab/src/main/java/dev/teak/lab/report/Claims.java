package dev.teak.lab.report;

import dev.teak.lab.experiment.Experiment;
import j2html.tags.DomContent;
import java.util.List;

/**
 * What a paper says of an experiment, for a page that sets it beside what was measured. All of it
 * must stand up to results of which any part is missing.
 */
public interface Claims {
  /** Of the page. */
  String title();

  /** What a reader must know before any figure. */
  List<String> warnings(Experiment experiment);

  /** Its questions, each with what was found; of those that the results say nothing of, none. */
  List<Question> questions(Results results);

  /** How its verdicts come about, in a sentence or two. */
  String basis();

  /** One or two that show the answer. */
  List<DomContent> charts(Results results);

  /** Its own tables and figures with what was measured beside them. */
  List<Part> parts(Results results);

  /** Whether a recipe is one of those that the paper is about; charts show them first. */
  boolean features(Group group);

  /**
   * A part of the page.
   *
   * @param heading for the table of contents
   * @param content none leaves the part out
   */
  record Part(String heading, List<? extends DomContent> content) {}
}
