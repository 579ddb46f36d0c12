package dev.teak.lab.report;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.paper.Papers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Results as the paper on dynamic feature masking could give them, for tests of its page: nothing
 * was measured. PGD training holds against every attack, DFMCL against FGSM and PGD along its own
 * gradient alone, FGSM training and N-FGSM against FGSM alone, and the mask by itself against none.
 */
final class MadeUpDfmcl {
  private static final int IMAGES = 200;
  private static final double[] EPSILONS = {8 / 255.0, 0.08};
  private static final List<String> SOURCES = List.of("standard", "PGD training", "DFMCL");

  private MadeUpDfmcl() {}

  /** The paper's short experiment from so many seeds. */
  static Experiment experiment(int seeds) {
    return Papers.named("dfmcl").experiment("short").withSeeds(1, seeds);
  }

  static List<CellResult> results(Experiment e) {
    return e.cells().stream().map(MadeUpDfmcl::result).toList();
  }

  /** What each attack leaves of a recipe at 0.08. */
  static double left(String recipe, String attack) {
    boolean weak = attack.equals("fgsm");
    boolean own = weak || attack.equals("pgd");
    return switch (recipe) {
      case "PGD training" -> 0.3;
      case "FGSM training", "N-FGSM" -> weak ? 0.5 : 0.02;
      case "standard", "mask alone" -> 0.02;
      default -> recipe.startsWith("DFMCL") ? (own ? 0.6 : 0.02) : 0.2;
    };
  }

  private static CellResult result(Cell cell) {
    String recipe = cell.recipe().name();
    Random random = new Random(cell.id().hashCode());
    List<Integer> labels = IntStream.range(0, IMAGES).mapToObj(i -> i % 10).toList();
    Map<String, Measured> measures = new LinkedHashMap<>();
    double clean = recipe.startsWith("DFMCL") ? 0.8 : 0.9;
    measures.put(
        "clean",
        Measured.by("clean")
            .figure("accuracy", share(clean + 0.004 * random.nextGaussian()))
            .classes(labels, labels));
    for (double epsilon : EPSILONS) {
      double more = epsilon < 0.05 ? 0.2 : 0;
      for (String attack : List.of("fgsm", "pgd", "apgd_t")) {
        double left = left(recipe, attack) + more;
        measures.put(attack + "@" + epsilon, attacked("attacked", attack, epsilon, left, random));
      }
      for (String source : SOURCES) {
        if (!source.equals(recipe)) {
          double left = left(recipe, "transfer") + more;
          measures.put(
              "transfer pgd from " + source + "@" + epsilon,
              attacked("transfer", "pgd", epsilon, left, random));
        }
      }
    }
    measures.put(
        "checks", Measured.by("checks").checks(MadeUpResults.checks(recipe.equals("DFMCL"))));
    boolean masked = cell.recipe().words().contains("mask");
    return new CellResult(
        CellResult.Key.of(cell), epochs(masked, recipe, random), measures, 176_402, 0.7);
  }

  private static List<Epoch> epochs(boolean masked, String recipe, Random random) {
    List<Epoch> epochs = new ArrayList<>();
    double start =
        recipe.startsWith("DFMCL alpha ") ? Double.parseDouble(recipe.substring(12)) : 0.1;
    for (int e = 1; e <= 3; e++) {
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put("loss", 2.0 / e);
      figures.put("validation_accuracy", 0.3 * e);
      if (masked) {
        boolean half = !recipe.endsWith("calibrated");
        figures.put("mask_alpha", start * (1 + 0.1 * e) + 0.001 * random.nextGaussian());
        figures.put("mask_probability", half ? 0.5001 : 0.13);
        figures.put("masked", half ? 0.5 : 0.13);
      }
      epochs.add(new Epoch(1, e, figures));
    }
    return epochs;
  }

  private static Figure share(double value) {
    return new Figure(value, IMAGES, value - 0.03, value + 0.03);
  }

  /** On the first half of the images. */
  private static Measured attacked(
      String measure, String attack, double epsilon, double left, Random random) {
    int images = IMAGES / 2;
    int right = (int) Math.round(left * images + 2 * random.nextGaussian());
    int stands = Math.max(0, Math.min(images, right));
    List<Integer> said =
        IntStream.range(0, images).mapToObj(i -> i < stands ? i % 10 : (i + 1) % 10).toList();
    return Measured.by(measure)
        .settings(Map.of("attack", attack, "epsilon", epsilon))
        .figure("accuracy", Figure.share(stands, images))
        .figure("clean_accuracy", Figure.of(1, images))
        .figure("precision", Figure.of(left, images))
        .figure("recall", Figure.of(left, images))
        .figure("f1", Figure.of(left, images))
        .classes(List.of(), said);
  }
}
