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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DfmclPageTest {
  private static final Experiment FOUR = MadeUpDfmcl.experiment(4);
  private static final List<CellResult> ALL = MadeUpDfmcl.results(FOUR);
  private static final PaperPage PAGE = new PaperPage("dfmcl", FOUR, ALL);

  private static final String UNDER_PGD =
      "Does DFMCL keep more than adversarial training under PGD?";
  private static final String UNDER_ALL = "And where the worst of all attacks counts?";

  private static Answer answer(String question, String of) {
    return PAGE.answers(question).stream().filter(a -> a.of().equals(of)).findFirst().orElseThrow();
  }

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    PAGE.requireWhole(
        "The paper's figures beside these",
        "HyperScore",
        "Is it a masked gradient",
        "From model to model",
        "Readings of the mask",
        "Where alpha starts, and where it ends",
        "Trainings by one step",
        "Robust baselines, and what they cost",
        "What differs by more than chance",
        "Accuracy over epsilon");
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    PAGE.requireTheSameInAnyOrder();
  }

  @Test
  void aLeadAlongItsOwnGradientIsNoLeadUnderAllAttacks() {
    assertEquals(Verdict.YES, answer(UNDER_PGD, "than PGD training").verdict());
    assertEquals(Verdict.NO, answer(UNDER_ALL, "than PGD training").verdict());
    String stands = "Does a gain under FGSM stand under every attack?";
    assertEquals(Verdict.NO, answer(stands, "DFMCL").verdict());
    assertEquals(Verdict.YES, answer(stands, "PGD training").verdict());
    String transfer = "Do images from another model do more harm than the model's own gradient?";
    assertEquals(Verdict.YES, answer(transfer, "DFMCL").verdict());
  }

  @Test
  void theMaskByItselfIsShownToDoNothing() {
    PAGE.answers("Does the mask alone help?").forEach(a -> assertEquals(Verdict.OPEN, a.verdict()));
    PAGE.answers("Does the mask add to the curriculum?")
        .forEach(a -> assertEquals(Verdict.YES, a.verdict(), a.toString()));
  }

  @Test
  void cleanAccuracyThatIsLostIsSaidToBeLost() {
    assertEquals(
        Verdict.NO, PAGE.answers("Does DFMCL keep the accuracy of clean images?").get(0).verdict());
  }

  @Test
  void halfIsMaskedUnlessGradientsAreCalibrated() {
    String half = "Is at least half of the features masked, whatever their gradients?";
    assertEquals(Verdict.YES, answer(half, "DFMCL").verdict());
    assertEquals(Verdict.NO, answer(half, "DFMCL calibrated").verdict());
  }

  @Test
  void everyAlphaSaysHowFarItMoved() {
    String moves = "Does the learned alpha move?";
    assertEquals(3, PAGE.answers(moves).size(), "0.1, 1 and 100");
    assertEquals("to 130.0", answer(moves, "from 100").figure().substring(0, 8));
    PAGE.answers(moves).forEach(a -> assertEquals(Verdict.YES, a.verdict(), a.toString()));
  }

  @Test
  void whatFallsToPgdAndHoldsAgainstFgsmHasCollapsed() {
    String collapse = "Do trainings by one step collapse to FGSM?";
    assertEquals(Verdict.YES, answer(collapse, "FGSM training").verdict());
    assertEquals(Verdict.NO, answer(collapse, "fast FGSM").verdict());
  }

  @Test
  void theBestUnderAllAttacksIsNamedWithItsCost() {
    Answer best =
        PAGE.answers("Which training keeps most where all attacks count, and at what cost?").get(0);
    assertTrue(best.figure().startsWith("PGD training"), best.toString());
    assertEquals(Verdict.NO, best.verdict(), best.toString());
    assertTrue(best.behind().get(0).matches("An epoch takes \\d.*\u00d7.*"), best.toString());
  }

  @Test
  void figuresThatNoFullAttackLeavesAreNotReached() {
    String reached = "Are the paper's figures reached: clean, FGSM, PGD?";
    assertEquals("0 of 3 are reached", answer(reached, "standard").word());
    assertEquals(4, PAGE.answers(reached).size());
  }

  @Test
  void oneSeedSaysSoOfWhatNeedsSeveral() throws Exception {
    Experiment one = MadeUpDfmcl.experiment(1);
    String html = new PaperPage(PAGE.paper(), one, MadeUpDfmcl.results(one)).html();
    Pages.requireSound(html);
    assertTrue(html.contains("not decided: one seed"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9, 24})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(PAGE.html(ALL.subList(0, count)));
  }

  @Test
  void withoutAStandardModelNoGainIsClaimed() throws Exception {
    String html =
        PAGE.html(ALL.stream().filter(r -> !r.cell().recipe().equals("standard")).toList());
    Pages.requireSound(html);
    assertFalse(html.contains("Does the mask alone help?"), "a finding without a control");
  }

  @Test
  void withoutAttacksThePageIsAboutTheImagesAsTheyAre() throws Exception {
    PAGE.requireSoundWithoutAttacks();
  }

  @Test
  void aFigureThatIsNaNIsADash() throws Exception {
    List<CellResult> broken = new ArrayList<>();
    for (CellResult r : ALL) {
      Map<String, Measured> measures = new LinkedHashMap<>(r.measures());
      measures.replaceAll(
          (name, m) -> m.figure("accuracy", new Figure(Double.NaN, 100, null, null)));
      broken.add(new CellResult(r.cell(), r.epochs(), measures, r.parameters(), r.sizeMb()));
    }
    Pages.requireSound(PAGE.html(broken));
  }
}
