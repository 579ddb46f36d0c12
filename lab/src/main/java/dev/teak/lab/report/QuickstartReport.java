package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import dev.teak.lab.report.LineChart.Series;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/**
 * The page that {@code teak quickstart} leaves: the table, the curve over epsilon, and what it
 * looks like.
 */
public final class QuickstartReport {
  private QuickstartReport() {}

  /**
   * A point of a curve.
   *
   * @param epsilon the bound
   * @param accuracy what is left under it, 0..1
   */
  public record Point(double epsilon, double accuracy) {}

  /**
   * What was measured of a model.
   *
   * @param model its name
   * @param clean accuracy without attack, 0..1
   * @param fgsm robust accuracy under FGSM
   * @param pgd robust accuracy under PGD
   * @param curve robust accuracy under PGD over epsilon
   */
  public record Row(String model, double clean, double fgsm, double pgd, List<Point> curve) {}

  /**
   * An attacked image.
   *
   * @param model whose
   * @param label the true class
   * @param prediction the model's class for the adversarial image
   * @param clean pixels {@code height x width x channels}
   * @param adversarial pixels of the same shape
   */
  @SuppressWarnings("ArrayRecordComponent") // pictures, never compared
  public record Example(
      String model,
      int label,
      int prediction,
      float[] clean,
      float[] adversarial,
      int height,
      int width,
      int channels) {}

  /** The page as text. */
  public static String html(
      String caption, String data, List<Row> rows, List<Example> examples, double epsilon) {
    List<DomContent> page = new ArrayList<>();
    page.add(tag("p").withText(caption + "."));
    if (data.equals("synthetic")) {
      page.add(
          tag("p")
              .withClass("note")
              .withText(
                  "These are the built-in synthetic digits, not MNIST: './teak data get mnist' fetches"
                      + " the real ones."));
    }
    page.add(tag("h2").withText("Accuracy"));
    page.add(table(rows));
    page.add(
        tag("p")
            .withClass("note")
            .withText(
                "Robust accuracy is the share of all images classified correctly both as they are and"
                    + " after the attack."));
    page.add(tag("h2").withText("Over epsilon"));
    page.add(chart(rows).render());
    page.add(tag("h2").withText("What the attack does"));
    page.add(pictures(examples, epsilon));
    return Page.html("Teak quickstart", page);
  }

  private static DomContent table(List<Row> rows) {
    List<List<DomContent>> cells = new ArrayList<>();
    for (Row r : rows) {
      cells.add(List.of(text(r.model), percent(r.clean), percent(r.fgsm), percent(r.pgd)));
    }
    return Page.table(List.of("model", "clean", "FGSM", "PGD-40"), cells);
  }

  private static LineChart chart(List<Row> rows) {
    List<Series> series = new ArrayList<>();
    for (Row r : rows) {
      series.add(
          new Series(
              r.model,
              r.curve.stream().map(p -> LineChart.Point.of(p.epsilon, p.accuracy, "")).toList()));
    }
    return LineChart.ofShares("Robust accuracy under PGD-40", "epsilon (L-infinity)", series);
  }

  private static DomContent pictures(List<Example> examples, double epsilon) {
    List<List<DomContent>> cells = new ArrayList<>();
    for (Example e : examples) {
      cells.add(
          List.of(
              text(e.model),
              Pictures.image(e.clean, e.height, e.width, e.channels),
              Pictures.perturbation(e.clean, e.adversarial, e.height, e.width, e.channels, epsilon),
              Pictures.image(e.adversarial, e.height, e.width, e.channels),
              text(
                  e.label
                      + " \u2192 "
                      + e.prediction
                      + (e.label == e.prediction ? "" : " \u2717"))));
    }
    return Page.table(
        List.of("model", "original", "perturbation", "adversarial", "true \u2192 predicted"),
        cells);
  }

  private static DomContent percent(double share) {
    return text(Formats.percent(share));
  }
}
