package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefenseComparisonPageTest {
  private static final Experiment FOUR = MadeUpResults.comparison(4);
  private static final List<CellResult> ALL = MadeUpResults.compared(FOUR);
  private static final PaperPage PAGE = new PaperPage("defense-comparison", FOUR, ALL);

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    PAGE.requireWhole(
        "The paper's figures beside these",
        "Is it a masked gradient",
        "Every order",
        "Depth",
        "What differs by more than chance",
        "Epoch by epoch",
        "Attacks from another model");
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    PAGE.requireTheSameInAnyOrder();
  }

  @Test
  void aGainThatOnlyTheNaiveAttackLeavesIsAMaskedGradient() {
    List<Answer> said = PAGE.answers("Does the gain stand when the attack knows the defense?");
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
        Verdict.YES, PAGE.answers("Does adversarial training help under FGSM?").get(0).verdict());
    assertEquals(
        Verdict.YES, PAGE.answers("Is what distillation gains insignificant?").get(0).verdict());
  }

  @Test
  void oneSeedDecidesNoneOfWhatNeedsSeveral() throws Exception {
    Experiment one = MadeUpResults.comparison(1);
    String html = new PaperPage(PAGE.paper(), one, MadeUpResults.compared(one)).html();
    Pages.requireSound(html);
    assertTrue(html.contains("too few runs to test"));
    assertTrue(html.contains("not decided: one seed"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9, 40})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(PAGE.html(ALL.subList(0, count)));
  }

  @Test
  void withoutAControlNothingIsClaimed() throws Exception {
    String html =
        PAGE.html(ALL.stream().filter(r -> !r.cell().recipe().startsWith("control")).toList());
    Pages.requireSound(html);
    assertFalse(html.contains("Does adversarial training help"), "a finding without a control");
  }

  @Test
  void withoutAttacksThePageIsAboutTheImagesAsTheyAre() throws Exception {
    PAGE.requireSoundWithoutAttacks();
  }

  @Test
  void withoutTheNaiveAttackTheAdaptiveOneStandsInItsPlace() throws Exception {
    List<CellResult> some =
        ALL.stream().map(r -> MadeUpResults.with(r, n -> !n.contains("naive"))).toList();
    Pages.requireSound(PAGE.html(some));
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
    Pages.requireSound(PAGE.html(broken));
  }
}
