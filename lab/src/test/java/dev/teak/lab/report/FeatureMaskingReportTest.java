package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.Experiment;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FeatureMaskingReportTest {
  private static final Experiment THREE = MadeUpResults.experiment(3);

  private static String page(Experiment experiment, List<CellResult> results) {
    return FeatureMaskingReport.html(
        experiment, results, MadeUpResults.times(experiment), MadeUpResults.SETTINGS);
  }

  private static String whole() {
    return page(THREE, MadeUpResults.results(THREE));
  }

  /** HTML's own: elements without an end get one, and no doctype. */
  private static Document parse(String html) throws Exception {
    String xml =
        html.replace("<!DOCTYPE html>", "").replaceAll("<(meta|link|img)([^>]*)>", "<$1$2/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  /** What no page may hold: a broken number, a figure with nothing in it. */
  private static void requireSound(String html) throws Exception {
    Document page = parse(html);
    String words = page.getDocumentElement().getTextContent();
    assertFalse(words.contains("NaN"), () -> around(words, "NaN"));
    assertFalse(words.contains("Infinity"), () -> around(words, "Infinity"));
    assertFalse(words.contains("null"), () -> around(words, "null"));
    for (Element e : elements(page, "svg")) {
      for (String shape : List.of("polyline", "polygon")) {
        NodeList all = e.getElementsByTagName(shape);
        for (int i = 0; i < all.getLength(); i++) {
          String points = ((Element) all.item(i)).getAttribute("points");
          assertTrue(points.matches("[-0-9., ]+"), points);
        }
      }
    }
    for (Element e : elements(page, "figure")) {
      int drawn =
          e.getElementsByTagName("polyline").getLength()
              + e.getElementsByTagName("rect").getLength()
              + e.getElementsByTagName("img").getLength();
      assertTrue(drawn > 0, () -> "an empty figure: " + e.getTextContent());
    }
    for (Element e : elements(page, "tbody")) {
      assertTrue(e.getElementsByTagName("tr").getLength() > 0, "an empty table");
    }
  }

  private static String around(String words, String what) {
    int at = words.indexOf(what);
    return words.substring(Math.max(0, at - 100), Math.min(words.length(), at + 100));
  }

  private static List<Element> elements(Document page, String name) {
    NodeList nodes = page.getElementsByTagName(name);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      all.add((Element) nodes.item(i));
    }
    return all;
  }

  @Test
  void thePageIsWellFormedAndWhole() throws Exception {
    String html = whole();
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/feature-masking.html"), html);
    requireSound(html);
    List<String> headings =
        elements(parse(html), "h2").stream().map(Element::getTextContent).toList();
    for (int figure = 1; figure <= 5; figure++) {
      String start = "Figure " + figure + ":";
      assertTrue(headings.stream().anyMatch(h -> h.startsWith(start)), start + headings);
    }
  }

  @Test
  void nothingIsFetchedFromAnywhere() {
    String html = whole();
    assertFalse(html.contains("http:") || html.contains("https:"), "a request to the network");
    assertFalse(html.contains("url("), "a style that fetches");
    assertFalse(html.contains("<script"), "a script");
  }

  @Test
  void theSameResultsGiveTheSameBytesInWhateverOrderTheyCame() {
    List<CellResult> shuffled = new ArrayList<>(MadeUpResults.results(THREE));
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(whole(), page(THREE, shuffled));
  }

  @Test
  void thePapersFiguresStandInColumnsOfTheirOwn() throws Exception {
    Element table =
        elements(parse(whole()), "table").stream()
            .filter(t -> t.getTextContent().contains("masked 50%, random"))
            .findFirst()
            .orElseThrow();
    assertTrue(table.getTextContent().contains("the paper"), table.getTextContent());
    assertTrue(table.getTextContent().contains("masked 50%, random95%92%85%+15%"));
  }

  @Test
  void aStoppedRunSaysWhatIsMissing() throws Exception {
    List<CellResult> some =
        MadeUpResults.results(THREE).stream()
            .filter(r -> !r.cell().training().equals("random 0.5"))
            .filter(r -> !r.cell().model().equals("cnn") || r.cell().seed() == 2)
            .toList();
    String html = page(THREE, some);
    requireSound(html);
    assertTrue(html.contains("cells have no result"), "missing cells are not mentioned");
    assertFalse(html.contains("masked 50%, random"), "a row of a missing cell");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void fewResultsStillMakeAPage(int count) throws Exception {
    requireSound(page(THREE, MadeUpResults.results(THREE).subList(0, count)));
  }

  @Test
  void withoutABaselineNothingIsClaimed() throws Exception {
    String html =
        page(
            THREE,
            MadeUpResults.results(THREE).stream().filter(r -> !r.cell().isBaseline()).toList());
    requireSound(html);
    assertFalse(html.contains("Does masking help"), "a finding without a baseline");
  }

  @Test
  void oneSeedDecidesNothing() throws Exception {
    Experiment one = MadeUpResults.experiment(1);
    String html = page(one, MadeUpResults.results(one));
    requireSound(html);
    assertTrue(html.contains("not decided: one seed"));
    assertTrue(html.contains("With one seed there is no test over seeds"));
    Results results = new Results(one.cells(), MadeUpResults.results(one), List.of());
    for (Comparison c : Comparison.of(results, "cnn")) {
      assertTrue(Double.isNaN(c.t().p()) && Double.isNaN(c.wilcoxon().p()), c.measure());
    }
  }

  @Test
  void aFigureThatIsNaNIsADash() throws Exception {
    List<CellResult> broken = new ArrayList<>();
    for (CellResult r : MadeUpResults.results(THREE)) {
      double nan = Double.NaN;
      broken.add(
          new CellResult(
              r.cell(),
              List.of(new Epoch(1, nan, nan, nan, nan, nan, nan)),
              new CellResult.Scores(nan, nan, nan, nan, r.clean().confusion()),
              List.of(),
              null,
              r.predictions(),
              List.of(),
              null,
              r.parameters(),
              r.sizeMb(),
              List.of()));
    }
    requireSound(FeatureMaskingReport.html(THREE, broken, List.of(), ""));
  }

  @Test
  void whatASearchFoundStandsAsATrainingOfItsOwn() throws Exception {
    List<CellResult> results = new ArrayList<>(MadeUpResults.results(THREE));
    String found = "random 0.3; lr 0.002, batch 32";
    for (long seed = 1; seed <= 3; seed++) {
      String id = "mlp; " + found + "; seed " + seed;
      Cell cell = new Cell(id, "mlp", "random 0.3", "random", 0.3, seed, 4, 32, 2e-3);
      results.add(MadeUpResults.result(cell, 0, 0.1));
    }
    String html = page(THREE, results);
    requireSound(html);
    assertTrue(html.contains(found), "not on the page: " + found);
  }

  @Test
  void whereAutoAttackRanOnOneSeedItsImagesDecide() {
    List<CellResult> some = new ArrayList<>();
    for (CellResult r : MadeUpResults.results(THREE)) {
      List<Attacked> attacked =
          r.attacked().stream()
              .filter(a -> r.cell().seed() == 1 || !a.attack().equals("autoattack"))
              .toList();
      some.add(MadeUpResults.with(r, attacked));
    }
    assertTrue(page(THREE, some).contains("over the images of one seed"));
  }

  @Test
  void aGainThatAutoAttackTakesAwayIsASignOfAHiddenGradient() {
    Results results = new Results(THREE.cells(), MadeUpResults.results(THREE), List.of());
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
