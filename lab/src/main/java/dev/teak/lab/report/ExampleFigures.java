package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.experiment.CellResult.Example;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Images, what an attack adds to them, and what comes of it. */
final class ExampleFigures {
  private static final int EACH = 2;

  private ExampleFigures() {}

  /** A few of each training of a model; none where no examples were kept. */
  static List<DomContent> of(List<Group> groups) {
    List<DomContent> figures = new ArrayList<>();
    for (Group g : groups) {
      g.results().stream()
          .flatMap(r -> r.examples().stream())
          .limit(EACH)
          .forEach(e -> figures.add(figure(g, e)));
    }
    return figures;
  }

  private static DomContent figure(Group g, Example e) {
    float[] original = pixels(e.original());
    float[] adversarial = pixels(e.adversarial());
    int h = e.height();
    int w = e.width();
    int c = e.channels();
    return tag("figure")
        .withClass("example")
        .with(
            tag("figcaption").withText(g.model() + ", " + g.training()),
            Pictures.image(original, h, w, c).attr("alt", "original"),
            Pictures.perturbation(original, adversarial, h, w, c, e.epsilon())
                .attr("alt", "perturbation"),
            Pictures.image(adversarial, h, w, c).attr("alt", "adversarial"),
            Page.note(
                "a "
                    + e.label()
                    + " taken for "
                    + e.prediction()
                    + ", after "
                    + Results.title(e.attack())
                    + " at "
                    + Axis.number(e.epsilon())
                    + " for "
                    + e.attackedPrediction()));
  }

  private static float[] pixels(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    float[] pixels = new float[bytes.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (bytes[i] & 0xff) / 255f;
    }
    return pixels;
  }
}
