package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class DenoisingEnsemblePageTest {
  private static final Claims PAPER = Papers.named("denoising-ensemble");
  private static final Experiment THREE = MadeUpDenoised.experiment(3);
  private static final List<CellResult> ALL = MadeUpDenoised.results(THREE, 0.02);

  private static final String RESTORES =
      "Does the autoencoder restore accuracy under FGSM on the bare classifier?";
  private static final String FOLDS = "Are folds, one by one, better on denoised images?";

  private static String page(Experiment experiment, List<CellResult> results) {
    return ExperimentReport.html(
        experiment, results, MadeUpResults.times(experiment), MadeUpResults.SETTINGS, PAPER);
  }

  private static List<Answer> answers(List<CellResult> results, String question) {
    Results ordered = new Results(THREE.cells(), results, List.of());
    return PAPER.questions(ordered).stream()
        .filter(q -> q.question().equals(question))
        .findFirst()
        .orElseThrow()
        .answers();
  }

  private static void assertVerdicts(Verdict expected, int count, List<Answer> said) {
    assertEquals(Collections.nCopies(count, expected), said.stream().map(Answer::verdict).toList());
  }

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    String html = page(THREE, ALL);
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/denoising-ensemble.html"), html);
    Pages.requireSound(html);
    Pages.requireAlone(html);
    List<String> headings =
        Pages.elements(Pages.parse(html), "h2").stream().map(Element::getTextContent).toList();
    for (String part :
        List.of(
            "The paper's figures beside these",
            "Every noise against every epsilon",
            "What the autoencoder gives back",
            "When the attack knows the autoencoder",
            "Ten folds",
            "What each part takes")) {
      assertTrue(headings.contains(part), part + headings);
    }
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    List<CellResult> shuffled = new ArrayList<>(ALL);
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(page(THREE, ALL), page(THREE, shuffled));
  }

  @Test
  void whatIsRestoredIsNotWhatAttacksLeaveThatKnowTheAutoencoder() {
    assertVerdicts(Verdict.YES, 3, answers(ALL, RESTORES));
    List<Answer> known = answers(ALL, "What is left when the attack knows the autoencoder?");
    assertEquals(3, known.size());
    known.forEach(a -> assertTrue(a.verdict() != Verdict.YES, a.toString()));
  }

  @Test
  void theExactGradientIsTheStrongerAttack() {
    assertVerdicts(Verdict.YES, 1, answers(ALL, "Is the exact gradient the stronger attack?"));
  }

  @Test
  void theNoiseThatIsAsLargeAsEpsilonIsBest() {
    List<Answer> said = answers(ALL, "Is noise as large as epsilon the best to learn with?");
    assertEquals(3, said.size());
    said.forEach(
        a -> assertEquals("noise " + a.of().replace("epsilon ", ""), a.figure().split("\n")[0]));
  }

  @Test
  void foldsThatGainMuchAreShownTo() {
    assertVerdicts(Verdict.YES, 3, answers(ALL, FOLDS));
  }

  @Test
  void aGainThatAnUncorrectedTestWouldShowIsNotShownOfFoldsThatShareTheirImages() {
    // Of ten folds with a deviation of 0.005 a mean of 0.004 has t = 2.5, corrected 1.7.
    assertVerdicts(Verdict.OPEN, 3, answers(MadeUpDenoised.results(THREE, 0.004), FOLDS));
  }

  @Test
  void oneSeedDecidesNothingOfTheAutoencoder() throws Exception {
    Experiment one = MadeUpDenoised.experiment(1);
    List<CellResult> results = MadeUpDenoised.results(one, 0.02);
    Pages.requireSound(page(one, results));
    assertVerdicts(Verdict.OPEN, 3, answers(results, RESTORES));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 20})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(page(THREE, ALL.subList(0, count)));
  }

  @Test
  void withoutReconstructionsNothingIsClaimed() throws Exception {
    List<CellResult> others =
        ALL.stream()
            .map(r -> MadeUpResults.with(r, name -> !name.startsWith("reconstruction")))
            .toList();
    String html = page(THREE, others);
    Pages.requireSound(html);
    assertFalse(html.contains(RESTORES), "a finding without figures");
  }

  @Test
  void aFigureThatIsNaNIsADash() throws Exception {
    List<CellResult> broken = new ArrayList<>();
    for (CellResult r : ALL) {
      Map<String, Measured> measures = new LinkedHashMap<>(r.measures());
      measures.replaceAll(
          (name, m) -> m.figure("accuracy", new Figure(Double.NaN, 200, null, null)));
      broken.add(new CellResult(r.cell(), r.epochs(), measures, r.parameters(), r.sizeMb()));
    }
    Pages.requireSound(page(THREE, broken));
  }
}
