package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenoisingEnsemblePageTest {
  private static final Experiment THREE = MadeUpDenoised.experiment(3);
  private static final List<CellResult> ALL = MadeUpDenoised.results(THREE, 0.02);
  private static final PaperPage PAGE = new PaperPage("denoising-ensemble", THREE, ALL);

  private static final String RESTORES =
      "Does the autoencoder restore accuracy under FGSM on the bare classifier?";
  private static final String FOLDS = "Are folds, one by one, better on denoised images?";

  private static void assertVerdicts(Verdict expected, int count, List<Answer> said) {
    assertEquals(Collections.nCopies(count, expected), said.stream().map(Answer::verdict).toList());
  }

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    PAGE.requireWhole(
        "The paper's figures beside these",
        "Every noise against every epsilon",
        "What the autoencoder gives back",
        "When the attack knows the autoencoder",
        "Ten folds",
        "What each part takes");
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    PAGE.requireTheSameInAnyOrder();
  }

  @Test
  void whatIsRestoredIsNotWhatAttacksLeaveThatKnowTheAutoencoder() {
    assertVerdicts(Verdict.YES, 3, PAGE.answers(RESTORES));
    List<Answer> known = PAGE.answers("What is left when the attack knows the autoencoder?");
    assertEquals(3, known.size());
    known.forEach(a -> assertTrue(a.verdict() != Verdict.YES, a.toString()));
  }

  @Test
  void theExactGradientIsTheStrongerAttack() {
    assertVerdicts(Verdict.YES, 1, PAGE.answers("Is the exact gradient the stronger attack?"));
  }

  @Test
  void theNoiseThatIsAsLargeAsEpsilonIsBest() {
    List<Answer> said = PAGE.answers("Is noise as large as epsilon the best to learn with?");
    assertEquals(3, said.size());
    said.forEach(
        a -> assertEquals("noise " + a.of().replace("epsilon ", ""), a.figure().split("\n")[0]));
  }

  @Test
  void foldsThatGainMuchAreShownTo() {
    assertVerdicts(Verdict.YES, 3, PAGE.answers(FOLDS));
  }

  @Test
  void aGainThatAnUncorrectedTestWouldShowIsNotShownOfFoldsThatShareTheirImages() {
    // Of ten folds with a deviation of 0.005 a mean of 0.004 has t = 2.5, corrected 1.7.
    assertVerdicts(Verdict.OPEN, 3, PAGE.answers(MadeUpDenoised.results(THREE, 0.004), FOLDS));
  }

  @Test
  void oneSeedDecidesNothingOfTheAutoencoder() throws Exception {
    Experiment one = MadeUpDenoised.experiment(1);
    PaperPage page = new PaperPage(PAGE.paper(), one, MadeUpDenoised.results(one, 0.02));
    Pages.requireSound(page.html());
    assertVerdicts(Verdict.OPEN, 3, page.answers(RESTORES));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 20})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(PAGE.html(ALL.subList(0, count)));
  }

  @Test
  void withoutReconstructionsNothingIsClaimed() throws Exception {
    List<CellResult> others =
        ALL.stream()
            .map(r -> MadeUpResults.with(r, name -> !name.startsWith("reconstruction")))
            .toList();
    String html = PAGE.html(others);
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
    Pages.requireSound(PAGE.html(broken));
  }
}
