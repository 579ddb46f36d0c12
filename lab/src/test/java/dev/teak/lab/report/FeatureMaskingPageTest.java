package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Recipe;
import dev.teak.lab.paper.Papers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class FeatureMaskingPageTest {
  private static final Experiment THREE = MadeUpResults.experiment(3);
  private static final List<CellResult> ALL = MadeUpResults.results(THREE);
  private static final PaperPage PAGE = new PaperPage("feature-masking", THREE, ALL);

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    PAGE.requireWhole(
        "The paper's tables",
        "Accuracy clean and attacked",
        "Accuracy over epsilon",
        "Epoch by epoch",
        "Examples: perturbation and attacked image",
        "What was taken for what",
        "Every recipe",
        "Significance",
        "Masked gradients",
        "Masks at test time, and learned ones",
        "Time and size",
        "How to make it again");
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    PAGE.requireTheSameInAnyOrder();
  }

  @Test
  void thePapersFiguresStandInColumnsOfTheirOwn() throws Exception {
    Element table =
        Pages.elements(Pages.parse(PAGE.html()), "table").stream()
            .filter(t -> t.getTextContent().contains("masked 50%, random"))
            .findFirst()
            .orElseThrow();
    assertTrue(table.getTextContent().contains("the paper"), table.getTextContent());
    assertTrue(table.getTextContent().contains("masked 50%, random95%92%85%+15%"));
  }

  @Test
  void aStoppedRunSaysWhatIsMissing() throws Exception {
    List<CellResult> some =
        ALL.stream()
            .filter(r -> !r.cell().defenses().equals("random 0.5"))
            .filter(r -> !r.cell().model().equals("cnn") || r.cell().seed() == 2)
            .toList();
    String html = PAGE.html(some);
    Pages.requireSound(html);
    assertTrue(html.contains("cells have no result"), "missing cells are not mentioned");
    assertFalse(html.contains("masked 50%, random"), "a row of a missing cell");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(PAGE.html(ALL.subList(0, count)));
  }

  @Test
  void withoutABaselineNothingIsClaimed() throws Exception {
    String html = PAGE.html(ALL.stream().filter(r -> !r.cell().defenses().equals("none")).toList());
    Pages.requireSound(html);
    assertFalse(html.contains("Does masking help"), "a finding without a baseline");
  }

  @Test
  void oneSeedDecidesNothing() throws Exception {
    Experiment one = MadeUpResults.experiment(1);
    String html = new PaperPage(PAGE.paper(), one, MadeUpResults.results(one)).html();
    Pages.requireSound(html);
    assertTrue(html.contains("not decided: one seed"));
    assertTrue(html.contains("With one seed there is no test over seeds"));
    Results results = new Results(one.cells(), MadeUpResults.results(one), List.of());
    for (Comparison c : Comparison.of(results, "cnn")) {
      assertTrue(Double.isNaN(c.t().p()) && Double.isNaN(c.wilcoxon().p()), c.measure());
    }
  }

  @Test
  void aRatioOfTrainingsUnderASecondIsNotGiven() throws Exception {
    List<CellTimes> quick =
        THREE.cells().stream()
            .map(
                c ->
                    new CellTimes(
                        c.id(), c.id().contains("none") ? 0.2 : 0.3, 0.1, 200, Map.of(), 800))
            .toList();
    String html =
        ExperimentReport.html(
            THREE, ALL, quick, MadeUpResults.SETTINGS, Papers.named(PAGE.paper()));
    Pages.requireSound(html);
    assertTrue(html.contains("too short to compare"), "a ratio of a tenth of a second");
    assertFalse(html.contains("+50%"), "a ratio of a tenth of a second");
  }

  @Test
  void theFirstScreenHasALineForEachQuestionAndModel() throws Exception {
    Element questions =
        Pages.elements(Pages.parse(PAGE.html()), "table").stream()
            .filter(t -> t.getAttribute("class").equals("questions"))
            .findFirst()
            .orElseThrow();
    String words = questions.getTextContent();
    assertTrue(words.contains("Does masking help under FGSM?"), words);
    assertTrue(words.contains("Yes: from 60% to between 75% and 85%"), words);
    assertTrue(words.contains("\u2713 helps"), words);
    assertTrue(words.contains("mlp: Of 12 differences"), words);
  }

  @Test
  void aFigureThatIsNaNIsADash() throws Exception {
    List<CellResult> broken = new ArrayList<>();
    for (CellResult r : ALL) {
      Measured clean = r.measures().get("clean");
      for (String figure : clean.figures().keySet()) {
        clean = clean.figure(figure, new Figure(Double.NaN, 200, Double.NaN, Double.NaN));
      }
      broken.add(
          new CellResult(
              r.cell(),
              List.of(new Epoch(1, 1, Map.of("loss", Double.NaN))),
              Map.of("clean", clean),
              r.parameters(),
              r.sizeMb()));
    }
    Pages.requireSound(PAGE.html(broken));
  }

  @Test
  void whatASearchFoundStandsAsATrainingOfItsOwn() throws Exception {
    List<CellResult> results = new ArrayList<>(ALL);
    String found = "random 0.3; lr 0.002, batch 32";
    for (long seed = 1; seed <= 3; seed++) {
      Recipe masked =
          THREE.allRecipes().stream()
              .filter(r -> r.name().equals("mlp; random 0.3"))
              .findFirst()
              .orElseThrow();
      Recipe searched = new Recipe("mlp; " + found, masked.model(), null, masked.phases());
      Cell cell = new Cell(searched, seed);
      results.add(MadeUpResults.result(cell, 0, 0.1));
    }
    String html = PAGE.html(results);
    Pages.requireSound(html);
    assertTrue(html.contains(found), "not on the page: " + found);
  }

  @Test
  void whereAutoAttackRanOnOneSeedItsImagesDecide() {
    List<CellResult> some = new ArrayList<>();
    for (CellResult r : ALL) {
      boolean first = r.cell().seed() == 1;
      some.add(MadeUpResults.with(r, name -> first || !name.startsWith("autoattack")));
    }
    assertTrue(PAGE.html(some).contains("over the images of one seed"));
  }

  @Test
  void aGainThatAutoAttackTakesAwayIsASignOfAHiddenGradient() {
    Results results = new Results(THREE.cells(), ALL, List.of());
    Group baseline = results.baseline("cnn");
    Group half =
        results.of("cnn").stream()
            .filter(g -> g.training().equals("random 0.5"))
            .findFirst()
            .orElseThrow();
    HiddenGradient verdict = HiddenGradient.of(results, half, baseline);
    assertTrue(verdict.loses());
    assertEquals("autoattack", verdict.strongest());
    assertEquals(List.of(3), verdict.signs().stream().map(Check::number).toList());
    assertFalse(HiddenGradient.of(results, baseline, baseline).gains());
  }
}
