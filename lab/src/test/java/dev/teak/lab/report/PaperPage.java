package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.paper.Papers;
import dev.teak.lab.report.Question.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.w3c.dom.Element;

/** A paper's page of made-up results, and what holds for every paper's. */
record PaperPage(String paper, Experiment experiment, List<CellResult> all) {
  private Claims claims() {
    return Papers.named(paper);
  }

  /** The page of all. */
  String html() {
    return html(all);
  }

  /** The page of some results, or others. */
  String html(List<CellResult> results) {
    return ExperimentReport.html(
        experiment, results, MadeUpResults.times(experiment), MadeUpResults.SETTINGS, claims());
  }

  /** What is answered to a question of all results. */
  List<Answer> answers(String question) {
    return answers(all, question);
  }

  /** The same of some of them, or others. */
  List<Answer> answers(List<CellResult> results, String question) {
    Results ordered = new Results(experiment.cells(), results, MadeUpResults.times(experiment));
    return claims().questions(ordered).stream()
        .filter(q -> q.question().equals(question))
        .findFirst()
        .orElseThrow()
        .answers();
  }

  /** That the page of all is sound, asks nobody for anything and has these headings. */
  void requireWhole(String... headings) throws Exception {
    String html = html();
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/" + paper + ".html"), html); // to look at
    Pages.requireSound(html);
    Pages.requireAlone(html);
    List<String> there =
        Pages.elements(Pages.parse(html), "h2").stream().map(Element::getTextContent).toList();
    for (String heading : headings) {
      assertTrue(there.contains(heading), heading + there);
    }
  }

  /** That the order in which results came leaves no trace. */
  void requireTheSameInAnyOrder() {
    List<CellResult> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(html(), html(shuffled));
  }

  /** That the page is sound where nothing was attacked. */
  void requireSoundWithoutAttacks() throws Exception {
    Pages.requireSound(
        html(all.stream().map(r -> MadeUpResults.with(r, n -> n.equals("clean"))).toList()));
  }
}
