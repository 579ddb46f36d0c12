package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** The page of an experiment that is no paper's. */
class ExperimentReportTest {
  private static final Experiment THREE = MadeUpResults.experiment(3);

  private static String page(Experiment experiment, List<CellResult> results) {
    return ExperimentReport.html(
        experiment, results, MadeUpResults.times(experiment), MadeUpResults.SETTINGS, null);
  }

  private static List<String> headings(String html) throws Exception {
    return Pages.elements(Pages.parse(html), "h2").stream().map(Element::getTextContent).toList();
  }

  @Test
  void noWordOfAPaperStandsOnIt() throws Exception {
    String html = page(THREE, MadeUpResults.results(THREE));
    Pages.requireSound(html);
    Pages.requireAlone(html);
    String words = Pages.parse(html).getDocumentElement().getTextContent();
    String body = words.substring(words.indexOf("@media print")).toLowerCase(Locale.ROOT);
    assertFalse(body.substring(body.indexOf('}')).contains(" paper"), Pages.around(body, " paper"));
    assertTrue(headings(html).contains("Every recipe"), headings(html).toString());
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    List<CellResult> shuffled = new ArrayList<>(MadeUpResults.results(THREE));
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(page(THREE, MadeUpResults.results(THREE)), page(THREE, shuffled));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void fewResultsStillMakeAPage(int count) throws Exception {
    Pages.requireSound(page(THREE, MadeUpResults.results(THREE).subList(0, count)));
  }

  @Test
  void ofOneSeedThereAreNoBoxPlotsAndNothingIsDecidedOfCleanImages() throws Exception {
    Experiment one = MadeUpResults.experiment(1);
    String html = page(one, MadeUpResults.results(one));
    Pages.requireSound(html);
    assertFalse(headings(html).contains("Runs: a point each seed"));
    assertTrue(html.contains("not decided: one seed"));
  }

  @Test
  void aPartStandsOnlyWhereThereIsSomethingToShow() throws Exception {
    List<CellResult> clean =
        MadeUpResults.results(THREE).stream()
            .map(r -> MadeUpResults.with(r, name -> name.equals("clean")))
            .toList();
    String html = page(THREE, clean);
    Pages.requireSound(html);
    for (String part :
        List.of("Accuracy over epsilon", "Masked gradients", "Attacks from another model")) {
      assertFalse(headings(html).contains(part), part);
    }
  }

  @Test
  void aMeasureThatNoPartIsMadeForHasATable() throws Exception {
    List<CellResult> measured = new ArrayList<>();
    for (CellResult r : MadeUpResults.results(THREE)) {
      Map<String, Measured> more = new LinkedHashMap<>(r.measures());
      more.put("of my own", Measured.by("of my own").figure("sharpness", Figure.of(0.125, 40)));
      measured.add(new CellResult(r.cell(), r.epochs(), more, r.parameters(), r.sizeMb()));
    }
    String html = page(THREE, measured);
    Pages.requireSound(html);
    assertTrue(html.contains("sharpness (40 images)"), "no column of its figure");
    assertTrue(html.contains("0.125"), "no figure");
  }

  @Test
  void anEpsilonInAnotherNormStandsInNoTableOfAttacks() throws Exception {
    List<CellResult> results = new ArrayList<>();
    for (CellResult r : MadeUpResults.results(THREE)) {
      Map<String, Measured> measures = new LinkedHashMap<>(r.measures());
      Measured cw =
          Measured.by("attacked")
              .settings(Map.of("attack", "cw", "epsilon", 0.75, "settings", Map.of("norm", "L2")))
              .figure("accuracy", Figure.share(40, 100));
      measures.put("cw@0.75", cw);
      results.add(new CellResult(r.cell(), r.epochs(), measures, r.parameters(), r.sizeMb()));
    }
    Results ordered = new Results(THREE.cells(), results, List.of());
    assertEquals(List.of(0.1, 0.2, 0.3), ordered.epsilons());
    assertFalse(ordered.underAttack().contains("cw"), ordered.underAttack().toString());
    assertFalse(ordered.attacks().contains("cw"), ordered.attacks().toString());
    String words = Pages.parse(page(THREE, results)).getDocumentElement().getTextContent();
    assertTrue(words.contains("cw@0.75"), "a table of its own");
  }

  @Test
  void anIntervalWithoutAWidthDecidesNothing() {
    assertFalse(Summary.of(new double[] {0.25, 0.25}).isAboveZero());
    assertFalse(Summary.of(new double[] {-0.25, -0.25}).isBelowZero());
    assertTrue(Summary.of(new double[] {0.25, 0.26, 0.25}).isAboveZero());
  }

  @Test
  void aTableThatComparesAttacksIsOfTheSameImages() {
    List<CellResult> results = MadeUpResults.results(THREE);
    List<CellResult> fewer = new ArrayList<>();
    for (CellResult r : results) {
      Map<String, Measured> measures = new LinkedHashMap<>(r.measures());
      measures.computeIfPresent(
          "autoattack@0.2", (k, m) -> m.classes(List.of(), m.predictions().subList(0, 20)));
      fewer.add(new CellResult(r.cell(), r.epochs(), measures, r.parameters(), r.sizeMb()));
    }
    Results all = new Results(THREE.cells(), fewer, List.of());
    SameImages same = SameImages.of(all.of("cnn"), all.underAttack(), all.epsilons());
    assertEquals(20, same.images());
    for (Group g : all.of("cnn")) {
      for (String attack : all.underAttack()) {
        double left = same.under(g, attack, 0.2).mean();
        assertEquals(Math.rint(left * 60), left * 60, 1e-9, "a mean over 3 seeds of 20 images");
      }
      double worst = same.underAll(g, all.underAttack(), 0.2).mean();
      for (String attack : all.underAttack()) {
        assertTrue(worst <= same.under(g, attack, 0.2).mean(), attack);
      }
    }
  }
}
