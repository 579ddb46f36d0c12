package dev.teak.lab.report;

import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;

import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/**
 * Attacked images in rows, the models side by side: the image as it is, and of each model what the
 * attack adds to it, what comes of that and for what the model takes it.
 *
 * @param models from left to right
 * @param scale the change that is shown as white, and its negative as black
 * @param rows an image each
 */
record Examples(List<String> models, double scale, List<Row> rows) {

  /**
   * An image.
   *
   * @param label its true class
   * @param height in pixels
   * @param width in pixels
   * @param channels 1 or 3
   * @param pixels {@code height x width x channels}, 0..1
   * @param attacked one for each model; null where there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // pictures, never compared
  record Row(
      String label, int height, int width, int channels, float[] pixels, List<Attacked> attacked) {}

  /**
   * What an attack made of the image.
   *
   * @param pixels of the same shape
   * @param reconstructed the same after what stands in front of the model; null where that was not
   *     asked
   * @param prediction the model's class for the image as it is
   * @param attackedPrediction its class for these pixels
   */
  @SuppressWarnings("ArrayRecordComponent") // pictures, never compared
  record Attacked(
      float[] pixels, float[] reconstructed, String prediction, String attackedPrediction) {}

  /** The table and what its pictures mean. */
  ContainerTag<?> render() {
    List<String> head = new ArrayList<>(List.of("image"));
    head.addAll(models);
    ContainerTag<?> table =
        Page.table(head, rows.stream().map(this::cells).toList()).withClass("scroll examples");
    return tag("figure")
        .with(
            table,
            Page.note(
                "Of each model: the perturbation, then the attacked image"
                    + (isReconstructed() ? ", and what the defense in front makes of it" : "")
                    + ". Grey is no change, white"
                    + " +"
                    + Axis.number(scale)
                    + " and black \u2212"
                    + Axis.number(scale)
                    + ", on a scale on which the image goes from 0 to 1. Below: what the model takes"
                    + " the image for, and what after the attack."));
  }

  private boolean isReconstructed() {
    return rows.stream()
        .flatMap(row -> row.attacked.stream())
        .anyMatch(a -> a != null && a.reconstructed != null);
  }

  private List<DomContent> cells(Row row) {
    List<DomContent> cells = new ArrayList<>();
    cells.add(
        tag("div")
            .with(
                Pictures.image(row.pixels, row.height, row.width, row.channels)
                    .attr("alt", "a " + row.label),
                tag("div").withText(row.label)));
    for (Attacked a : row.attacked) {
      cells.add(a == null ? text(Formats.NOTHING) : attacked(row, a));
    }
    return cells;
  }

  private DomContent attacked(Row row, Attacked a) {
    boolean right = a.attackedPrediction.equals(row.label);
    return tag("div")
        .with(
            Pictures.perturbation(row.pixels, a.pixels, row.height, row.width, row.channels, scale)
                .attr("alt", "perturbation"),
            Pictures.image(a.pixels, row.height, row.width, row.channels).attr("alt", "attacked"),
            a.reconstructed == null
                ? text("")
                : Pictures.image(a.reconstructed, row.height, row.width, row.channels)
                    .attr("alt", "reconstructed"),
            tag("div")
                .withText(a.prediction + " \u2192 ")
                .with(
                    tag("span")
                        .withClass(right ? "right" : "wrong")
                        .withText(a.attackedPrediction + (right ? " \u2713" : " \u2717"))));
  }
}
