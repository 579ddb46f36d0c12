package dev.teak.lab.report;

import static j2html.TagCreator.tag;

import dev.teak.lab.experiment.Measured.Example;
import dev.teak.nn.train.Evaluate;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The images that cells kept, by model and attack: the trainings beside each other. */
final class ExampleFigures {
  /** Of one attack; more would make a long page. */
  private static final int MOST = 4;

  private ExampleFigures() {}

  /** What an image was attacked with. */
  private record Attack(String name, double epsilon) {
    static Attack of(Example e) {
      return new Attack(e.attack(), e.epsilon());
    }
  }

  /** A table for each model and attack; none where no examples were kept. */
  static List<DomContent> of(List<Group> groups) {
    List<DomContent> figures = new ArrayList<>();
    Map<String, List<Group>> byModel =
        groups.stream()
            .collect(Collectors.groupingBy(Group::model, LinkedHashMap::new, Collectors.toList()));
    byModel.forEach(
        (model, its) ->
            its.stream()
                .flatMap(g -> examples(g).stream())
                .map(Attack::of)
                .distinct()
                .forEach(
                    attack -> {
                      figures.add(tag("h3").withText(title(model, attack)));
                      figures.add(of(its, attack).render());
                    }));
    return figures;
  }

  private static String title(String model, Attack attack) {
    return model
        + " under "
        + Results.title(attack.name)
        + " at epsilon "
        + Axis.number(attack.epsilon);
  }

  private static Examples of(List<Group> all, Attack attack) {
    List<Group> groups =
        all.stream().filter(g -> examples(g).stream().anyMatch(e -> is(e, attack))).toList();
    TreeMap<Integer, Example> images = new TreeMap<>();
    groups.stream()
        .flatMap(g -> examples(g).stream())
        .filter(e -> is(e, attack))
        .forEach(e -> images.putIfAbsent(e.image(), e));
    return new Examples(
        groups.stream().map(Group::training).toList(),
        attack.epsilon,
        images.values().stream().limit(MOST).map(e -> row(groups, e, attack)).toList());
  }

  private static Examples.Row row(List<Group> groups, Example image, Attack attack) {
    List<Examples.Attacked> attacked = new ArrayList<>();
    for (Group g : groups) {
      Optional<Example> its =
          examples(g).stream().filter(e -> is(e, attack) && e.image() == image.image()).findFirst();
      attacked.add(its.map(ExampleFigures::attacked).orElse(null));
    }
    return new Examples.Row(
        Integer.toString(image.label()),
        image.height(),
        image.width(),
        image.channels(),
        pixels(image.original()),
        attacked);
  }

  private static Examples.Attacked attacked(Example e) {
    return new Examples.Attacked(
        pixels(e.adversarial()),
        e.reconstructed() == null ? null : pixels(e.reconstructed()),
        inWords(e.prediction()),
        inWords(e.attackedPrediction()));
  }

  private static String inWords(int prediction) {
    return prediction == Evaluate.REJECTED ? "detected" : Integer.toString(prediction);
  }

  private static boolean is(Example e, Attack attack) {
    return Attack.of(e).equals(attack);
  }

  private static List<Example> examples(Group g) {
    return g.results().stream().flatMap(r -> r.examples().stream()).toList();
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
