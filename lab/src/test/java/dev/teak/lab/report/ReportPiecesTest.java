package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.report.BarChart.Bar;
import dev.teak.lab.report.LineChart.Point;
import dev.teak.lab.report.LineChart.Series;
import dev.teak.lab.report.Question.Answer;
import dev.teak.lab.report.Question.Verdict;
import dev.teak.lab.stats.KruskalWallis;
import dev.teak.lab.stats.PairTest;
import dev.teak.lab.stats.Pairwise;
import dev.teak.lab.stats.Runs;
import j2html.tags.DomContent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** A page of made-up values with every piece that a report is made of, and each piece by itself. */
class ReportPiecesTest {
  private static final List<String> MODELS =
      List.of(
          "control",
          "adversarial training",
          "distillation",
          "gradient masking",
          "gradient masking, then adversarial training",
          "adversarial training, then distillation",
          "distillation, then gradient masking");

  private static final List<Runs> RUNS = runs(16);

  private static List<Runs> runs(int seeds) {
    Random random = new Random(7);
    double[] means = {0.29, 0.885, 0.33, 0.475, 0.856, 0.79, 0.41};
    return IntStream.range(0, means.length)
        .mapToObj(
            i -> {
              double[] v = new double[seeds];
              Arrays.setAll(v, s -> means[i] + (0.01 + 0.02 * (i % 3)) * random.nextGaussian());
              return Runs.of(MODELS.get(i), v);
            })
        .toList();
  }

  /** As many as there are orders of up to three defenses, with the control. */
  private static List<Runs> sixteen() {
    return IntStream.range(0, 16)
        .mapToObj(
            i ->
                new Runs(
                    (i < 7 ? "" : "once more ") + MODELS.get(i % 7),
                    runs(3 + i).get(i % 7).bySeed()))
        .toList();
  }

  private static FirstScreen firstScreen() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", "MNIST");
    facts.put("trained on", "54,000 images");
    facts.put("tested on", "10,000 images");
    facts.put("seeds", "16");
    facts.put("size", "smoke");
    facts.put("device", "java, 2 threads");
    facts.put("date", "2024-05-01");
    return new FirstScreen(
        List.of(FirstScreen.SMOKE), questions(), List.of(bars().render()), facts);
  }

  private static List<Question> questions() {
    return List.of(
        new Question(
            "Does adversarial training help under FGSM?",
            "29.15% to 88.5%",
            List.of(
                new Answer(
                    "",
                    "29.1% to 88.4%, +59.3 (+58.7 to +59.9)",
                    Verdict.YES,
                    "helps",
                    List.of("16 seeds, p < 0.001 by Holm.", "It stands under PGD as well.")))),
        new Question(
            "Does distillation help?",
            "33.12%, not significant",
            List.of(
                new Answer("cnn", "+3.9 (+1.2 to +6.6)", Verdict.PARTLY, "in 1 of 3", List.of("a")),
                new Answer(
                    "mlp", "+0.4 (\u22121.1 to +1.9)", Verdict.OPEN, "not shown", List.of()))),
        new Question(
            "Is the gain but a hidden gradient?",
            "not asked",
            List.of(
                new Answer(
                    "", "2 of 3 lose it under PGD", Verdict.NO, "not robust", List.of("b")))));
  }

  private static BarChart bars() {
    List<BarChart.Group> groups = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      double v = 0.3 + 0.15 * i;
      groups.add(
          new BarChart.Group(
              MODELS.get(i),
              List.of(
                  new Bar(0.99, 0.985, 0.995, "16 seeds"),
                  new Bar(v, v - 0.03, v + 0.03, "16 seeds"),
                  i == 2
                      ? new Bar(Double.NaN, Double.NaN, Double.NaN, "")
                      : new Bar(v / 2, v / 2 - 0.1, v / 2 + 0.1, "1 seed"))));
    }
    return new BarChart("Accuracy by defense", List.of("clean", "FGSM", "PGD"), groups);
  }

  private static LineChart lines(String title, double from) {
    List<Series> series = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      List<Point> points = new ArrayList<>();
      for (int e = 1; e <= 7; e++) {
        double y = from + (0.9 - from) * (1 - Math.exp(-e / (1.0 + s)));
        points.add(new Point(e, y, y - 0.02, y + 0.02, "16 seeds"));
      }
      series.add(new Series(MODELS.get(s), points));
    }
    return LineChart.fitted(title, "epoch", true, series);
  }

  private static Examples examples() {
    List<Examples.Row> rows = new ArrayList<>();
    for (int label = 2; label < 5; label++) {
      float[] clean = new float[28 * 28];
      for (int i = 0; i < clean.length; i++) {
        clean[i] = Math.abs(i % 28 - 14) < 2 + label && i / 28 > 5 && i / 28 < 23 ? 0.9f : 0;
      }
      List<Examples.Attacked> attacked = new ArrayList<>();
      for (int m = 0; m < 4; m++) {
        float[] after = clean.clone();
        for (int i = 0; i < after.length; i++) {
          after[i] = Math.min(1, Math.max(0, after[i] + (i * (m + 3) % 7 < 3 ? 0.2f : -0.1f)));
        }
        String to = Integer.toString(m == 1 ? label : label + m + 3);
        attacked.add(
            m == 3 && label == 3
                ? null
                : new Examples.Attacked(after, m == 2 ? clean : null, Integer.toString(label), to));
      }
      rows.add(new Examples.Row(Integer.toString(label), 28, 28, 1, clean, attacked));
    }
    return new Examples(MODELS.subList(0, 4), 0.3, rows);
  }

  private static long[][] counts(int classes) {
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        counts[i][j] = i == j ? 900 - 60 * (i % 10) : (i * 7 + j) % 5 == 0 ? 40 : 0;
      }
    }
    return counts;
  }

  private static String page() {
    Page page = new Page("Made up: three defenses in every order");
    page.add(firstScreen().render());
    page.heading("Each run").add(Page.side(boxes()).withClass("side bars"));
    page.heading("Which differ");
    page.add(SignificanceMatrix.render("FGSM, 0.3", Pairwise.of(PairTest.WELCH_T, RUNS)));
    page.add(SignificanceMatrix.render("FGSM, 0.3", KruskalWallis.dunn(sixteen())));
    page.heading("Epoch by epoch");
    page.add(
        Page.side(
            LineChart.sharing(List.of(lines("training accuracy", 0.2), lines("validation", 0.5)))
                .stream()
                .map(LineChart::render)
                .toList()));
    page.heading("Confusion").add(Page.side(confusion()));
    page.heading("Examples").add(examples().render());
    page.heading("Settings");
    page.add(
        Page.fold(
            "The file", List.of(tag("pre").withText("seeds: [1, 2]\nthis-is-folded: true\n"))));
    return page.html();
  }

  private static List<DomContent> boxes() {
    return BoxPlot.sharing(
            List.of(
                BoxPlot.of("Accuracy under FGSM, 16 seeds", true, RUNS.subList(0, 4)),
                BoxPlot.of("Accuracy under FGSM, 3 seeds", true, runs(3).subList(3, 7))))
        .stream()
        .<DomContent>map(BoxPlot::render)
        .toList();
  }

  private static List<DomContent> confusion() {
    List<String> names =
        List.of(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck");
    List<String> many = IntStream.range(0, 20).mapToObj(i -> "class " + i).toList();
    return List.of(
        ConfusionMatrix.render("control", names, counts(10)),
        ConfusionMatrix.render("twenty classes", many, counts(20)));
  }

  @Test
  void aPageOfEveryPieceIsWellFormedAndAsksForNothing() throws Exception {
    String html = page();
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/report-pieces.html"), html);
    Pages.requireSound(html);
    Pages.requireAlone(html);
  }

  @Test
  void theContentsNameEveryHeadingAndLeadToIt() throws Exception {
    var page = Pages.parse(page());
    Element contents = Pages.elements(page, "nav").get(0);
    List<String> targets =
        Pages.elements(page, "h2").stream().map(h -> "#" + h.getAttribute("id")).toList();
    List<String> links =
        Pages.elements(page, "a").stream().map(a -> a.getAttribute("href")).toList();
    assertEquals(targets, links);
    assertTrue(contents.getTextContent().contains("Which differ"));
  }

  @Test
  void reconstructedImagesAreSaidToBeOnes() throws Exception {
    String words =
        Pages.parse(Page.html("examples", List.of(examples().render())))
            .getDocumentElement()
            .getTextContent();
    assertTrue(words.contains("and what the defense in front makes of it"), words);
  }

  @Test
  void aShortPageHasNoContents() {
    String html = new Page("short").heading("one").add(text("a")).heading("two").html();
    assertFalse(html.contains("<nav"), html);
  }

  @Test
  void theFirstScreenSaysWhatWasAskedAndFoundAndHowSure() throws Exception {
    String html = Page.html("first", firstScreen().render());
    String words = Pages.parse(html).getDocumentElement().getTextContent();
    assertTrue(words.contains("Does adversarial training help under FGSM?29.15% to 88.5%"), words);
    assertTrue(words.contains("29.1% to 88.4%, +59.3 (+58.7 to +59.9)\u2713 helps"), words);
    assertTrue(words.contains("It stands under PGD as well."), words);
    assertTrue(words.contains("device java, 2 threads"), words);
    assertTrue(words.contains("This is a smoke run"), words);
  }

  @Test
  void aBoxHasTheQuartilesOfRAndEveryRunIsAPoint() {
    // R: quantile(c(1, 2, 3, 4, 10)): 2, 3, 4; whiskers reach 2 - 3 and 4 + 3: 10 lies outside.
    String html = BoxPlot.of("t", false, List.of(Runs.of("m", 10, 2, 3, 1, 4))).render().render();
    assertTrue(html.contains("m: quartiles 2, 3 and 4, whiskers 1 to 4, 5 runs"), html);
    assertEquals(5, html.split("class=\"run\"", -1).length - 1);
    assertTrue(html.contains("m, seed 1: 10"), html);
  }

  @Test
  void epsilonsThatAreLevelsOfAPixelReadAsTheFieldWritesThem() {
    assertEquals("8/255", Axis.number(8 / 255.0));
    assertEquals("2/255", Axis.number(2 / 255.0));
    assertEquals("0.2", Axis.number(51 / 255.0));
    assertEquals("0.08", Axis.number(0.08));
    assertEquals("0.6", Axis.number(3 * 0.2));
    assertEquals("0", Axis.number(0));
    assertEquals("1", Axis.number(1));
  }

  @Test
  void attacksAreCalledAsTheFieldCallsThem() {
    assertEquals("PGD", Results.title("pgd"));
    assertEquals("APGD-T", Results.title("apgd_t"));
    assertEquals("C&W", Results.title("cw"));
    assertEquals("FGSM naive", Results.title("fgsm naive"));
    assertEquals("transfer PGD from control", Results.title("transfer pgd from control"));
    assertEquals("Square", Results.title("square"));
  }

  @Test
  void fewRunsAreNoBox() {
    String html =
        BoxPlot.of("t", true, List.of(Runs.of("m", 0.5, Double.NaN, 0.7))).render().render();
    assertFalse(html.contains("class=\"box\""), html);
    assertTrue(html.contains("median 60.0%, n = 2 of 3"), html);
  }

  @Test
  void aPairReadsAgainstItsMirrorWithTheOtherSign() {
    List<Runs> two = List.of(Runs.of("a", 0.1, 0.12, 0.11), Runs.of("b", 0.9, 0.91, 0.93));
    String html = SignificanceMatrix.render("t", Pairwise.of(PairTest.WELCH_T, two)).render();
    assertTrue(html.contains("\u25bc \u221280.3"), html);
    assertTrue(html.contains("\u25b2 +80.3"), html);
    assertTrue(html.contains("1 of 1 differ"), html);
  }

  @Test
  void aMatrixThatCannotDecideSaysSo() {
    List<Runs> three = List.of(Runs.of("a", 0.1, 0.12, 0.11), Runs.of("b", 0.9, 0.91, 0.93));
    String ranks =
        SignificanceMatrix.render("t", Pairwise.of(PairTest.MANN_WHITNEY, three)).render();
    assertTrue(ranks.contains("no p could have come below 0.100"), ranks);
    List<Runs> one = List.of(Runs.of("a", 0.1), Runs.of("b", 0.9));
    String none = SignificanceMatrix.render("t", Pairwise.of(PairTest.WELCH_T, one)).render();
    assertTrue(none.contains("a has 1 run; below 3 nothing can be said."), none);
    assertTrue(none.contains("not tested"), none);
  }

  @Test
  void neighboursShareTheirAxes() {
    List<LineChart> alone = List.of(lines("low", 0.1), lines("high", 0.7));
    assertTrue(alone.get(1).render().render().contains("70%"));
    String high = LineChart.sharing(alone).get(1).render().render();
    assertTrue(high.contains(">20%<") && high.contains(">80%<"), high);
  }

  @Test
  void everyBarAndPointSaysItsIntervalAndItsCount() {
    String bars = bars().render().render();
    assertTrue(bars.contains("control, FGSM: 30.0% (27.0% to 33.0%), 16 seeds"), bars);
    assertTrue(bars.contains("PGD (1 seed)"), bars);
    String lines = lines("t", 0.2).render().render();
    assertTrue(lines.contains("control, epoch 1: 64.2% (62.2% to 66.2%), 16 seeds"), lines);
  }

  @Test
  void examplesStandByImageAndStateTheirScale() throws Exception {
    String html = Page.html("examples", List.of(examples().render()));
    List<Element> rows = Pages.elements(Pages.parse(html), "tr");
    assertEquals(4, rows.size(), "a heading and three images");
    assertEquals(5, rows.get(1).getElementsByTagName("td").getLength());
    String words = Pages.parse(html).getDocumentElement().getTextContent();
    assertTrue(words.contains("white +0.3 and black \u22120.3"), words);
    assertTrue(words.contains("2 \u2192 2 \u2713"), words);
  }
}
