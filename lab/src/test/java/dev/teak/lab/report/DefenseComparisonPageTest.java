package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.paper.Papers;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class DefenseComparisonPageTest {
  private static final Claims PAPER = Papers.named("defense-comparison");
  private static final Experiment FOUR = MadeUpResults.comparison(4);
  private static final List<CellResult> ALL = MadeUpResults.compared(FOUR);

  private static String page(Experiment experiment, List<CellResult> results) {
    return ExperimentReport.html(
        experiment, results, MadeUpResults.times(experiment), MadeUpResults.SETTINGS, PAPER);
  }

  private static List<Answer> answers(String question) {
    Results results = new Results(FOUR.cells(), ALL, List.of());
    return PAPER.questions(results).stream()
        .filter(q -> q.question().equals(question))
        .findFirst()
        .orElseThrow()
        .answers();
  }

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    String html = page(FOUR, ALL);
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/defense-comparison.html"), html);
    Pages.requireSound(html);
    Pages.requireAlone(html);
    List<String> headings =
        Pages.elements(Pages.parse(html), "h2").stream().map(Element::getTextContent).toList();
    for (String part :
        List.of(
            "The paper's figures beside these",
            "Is it a masked gradient",
            "Every order",
            "Depth",
            "What differs by more than chance",
            "Epoch by epoch",
            "Attacks from another model")) {
      assertTrue(headings.contains(part), part + headings);
    }
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    List<CellResult> shuffled = new ArrayList<>(ALL);
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(page(FOUR, ALL), page(FOUR, shuffled));
  }

  @Test
  void aGainThatOnlyTheNaiveAttackLeavesIsAMaskedGradient() {
    List<Answer> said = answers("Does the gain stand when the attack knows the defense?");
    Answer masking =
        said.stream().filter(a -> a.of().equals("gradient masking")).findFirst().orElseThrow();
    assertEquals(Verdict.NO, masking.verdict(), masking.toString());
    Answer trained =
        said.stream().filter(a -> a.of().equals("adversarial training")).findFirst().orElseThrow();
    assertEquals(Verdict.YES, trained.verdict(), trained.toString());
  }

  @Test
  void adversarialTrainingHelpsAndDistillationIsNotSignificant() {
    assertEquals(
        Verdict.YES, answers("Does adversarial training help under FGSM?").get(0).verdict());
    assertEquals(
        Verdict.YES, answers("Is what distillation gains insignificant?").get(0).verdict());
  }

  @Test
  void oneSeedDecidesNoneOfWhatNeedsSeveral() throws Exception {
    Experiment one = MadeUpResults.comparison(1);
    String html = page(one, MadeUpResults.compared(one));
    Pages.requireSound(html);
    assertTrue(html.contains("too few runs to test"));
    assertTrue(html.contains("not decided: one seed"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9, 40})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(page(FOUR, ALL.subList(0, count)));
  }

  @Test
  void withoutAControlNothingIsClaimed() throws Exception {
    String html =
        page(FOUR, ALL.stream().filter(r -> !r.cell().recipe().startsWith("control")).toList());
    Pages.requireSound(html);
    assertFalse(html.contains("Does adversarial training help"), "a finding without a control");
  }

  @Test
  void withoutAttacksThePageIsAboutTheImagesAsTheyAre() throws Exception {
    List<CellResult> clean =
        ALL.stream().map(r -> MadeUpResults.with(r, name -> name.equals("clean"))).toList();
    Pages.requireSound(page(FOUR, clean));
  }

  @Test
  void withoutTheNaiveAttackTheAdaptiveOneStandsInItsPlace() throws Exception {
    List<CellResult> some =
        ALL.stream().map(r -> MadeUpResults.with(r, n -> !n.contains("naive"))).toList();
    Pages.requireSound(page(FOUR, some));
  }

  @Test
  void aFigureThatIsNaNIsADash() throws Exception {
    List<CellResult> broken = new ArrayList<>();
    for (CellResult r : ALL) {
      Measured nothing =
          r.measures().get("fgsm@0.3").figure("accuracy", new Figure(Double.NaN, 128, null, null));
      broken.add(
          new CellResult(
              r.cell(),
              List.of(new Epoch(1, 1, Map.of("loss", Double.NaN))),
              Map.of("fgsm@0.3", nothing),
              r.parameters(),
              r.sizeMb()));
    }
    Pages.requireSound(ExperimentReport.html(FOUR, broken, List.of(), "", PAPER));
  }
}
