package dev.teak.lab.report;

import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Measured.Example;
import dev.teak.lab.paper.Papers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Results as an experiment could give them, for tests of the page alone: nothing was measured. */
final class MadeUpResults {
  static final String SETTINGS = "# made up <&>\nname: made-up\nseeds: [1, 2, 3]\n";

  private static final String EXPERIMENT =
      """
      name: made up
      data: mnist
      images: {train: 1000, validation: 100, test: 200}
      seeds: [1]
      training: {epochs: 4, batch: 64, optimizer: adam lr=0.002}
      grid:
      - models: [mlp, cnn]
        defenses: [none, random 0.1, random 0.3, random 0.5, random 0.3 fixed]
      - models: [cnn]
        defenses: [learned 0.001, random 0.3; noise 0.01]
      measures:
      - clean
      - attacked fgsm epsilons=[0.1, 0.2, 0.3] images=128
      - attacked pgd epsilons=[0.1, 0.2, 0.3] images=128
      - attacked autoattack epsilons=[0.1, 0.2, 0.3] images=128
      - masked pgd epsilons=[0.1, 0.2, 0.3] images=128
      - checks epsilon=0.1 images=128
      - examples pgd epsilon=0.2 images=2
      """;
  private static final int IMAGES = 200;
  private static final double[] EPSILONS = {0.1, 0.2, 0.3};
  private static final List<String> ATTACKS = List.of("fgsm", "pgd", "autoattack");

  private MadeUpResults() {}

  /** Both models, all trainings of the paper and a few others. */
  static Experiment experiment(int seeds) {
    return ExperimentFile.parse("made up", EXPERIMENT).withSeeds(1, seeds);
  }

  /** All results of an experiment. */
  static List<CellResult> results(Experiment e) {
    return results(e.cells());
  }

  static List<CellResult> results(List<Cell> cells) {
    return cells.stream().map(c -> result(c, 0.02 * gain(c), 0.3 * gain(c))).toList();
  }

  private static final Pattern RATIO = Pattern.compile("random ([0-9.]+)");

  private static double gain(Cell cell) {
    Matcher ratio = RATIO.matcher(cell.recipe().words());
    return ratio.find() ? Double.parseDouble(ratio.group(1)) : 0;
  }

  /**
   * A cell that loses this much clean accuracy and gains so much under FGSM, and a tenth under PGD.
   */
  static CellResult result(Cell cell, double loss, double gain) {
    Random random = new Random(cell.id().hashCode());
    List<Integer> labels = IntStream.range(0, IMAGES).mapToObj(i -> i % 10).toList();
    double accuracy = 0.98 - loss;
    Map<String, Measured> measures = new LinkedHashMap<>();
    measures.put("clean", clean(labels, guesses(labels, accuracy, random), accuracy));
    for (String attack : ATTACKS) {
      boolean weak = attack.equals("fgsm");
      for (double epsilon : EPSILONS) {
        double base = (weak ? 0.75 : attack.equals("pgd") ? 0.6 : 0.55) * Math.exp(-4 * epsilon);
        double left = base + (weak ? gain : gain / 10) + 0.01 * random.nextGaussian();
        measures.put(
            attack + "@" + epsilon,
            attacked("attacked", attack, epsilon, accuracy, Math.min(1, Math.max(0, left)))
                .classes(List.of(), guesses(labels.subList(0, 128), 0.4 + gain, random)));
      }
    }
    if (gain(cell) > 0) {
      Measured behind = Measured.by("masked").settings(Map.of("mask", cell.recipe().words()));
      measures.put("masked", behind.figure("accuracy", Figure.share(190, IMAGES)));
      measures.put("masked pgd@0.2", attacked("masked", "pgd", 0.2, accuracy, 0.3 + gain / 10));
    }
    measures.put("checks", Measured.by("checks").checks(checks(gain > 0.1)));
    if (cell.seed() == 1) {
      measures.put(
          "examples",
          Measured.by("examples").examples(List.of(example(0, 3, 8), example(1, 7, 9))));
    }
    boolean learned = cell.recipe().words().startsWith("learned");
    return new CellResult(
        CellResult.Key.of(cell), epochs(loss, learned, random), measures, 101_770, 0.41);
  }

  /** The same without some of what was measured. */
  static CellResult with(CellResult r, Predicate<String> kept) {
    Map<String, Measured> measures = new LinkedHashMap<>(r.measures());
    measures.keySet().removeIf(kept.negate());
    return new CellResult(r.cell(), r.epochs(), measures, r.parameters(), r.sizeMb());
  }

  /** The recipes of a paper's file, whatever they are, with few measures. */
  static Experiment comparison(int seeds) {
    return Papers.named("defense-comparison").experiment("short").withSeeds(1, seeds);
  }

  /**
   * Results of these: adversarial training holds under every attack, gradient masking under the one
   * that follows its own gradient alone, and distillation under none.
   */
  static List<CellResult> compared(Experiment e) {
    return e.cells().stream().map(MadeUpResults::compared).toList();
  }

  private static CellResult compared(Cell cell) {
    Random random = new Random(cell.id().hashCode());
    String name = cell.recipe().name();
    boolean trained = name.contains("adversarial");
    boolean masked = name.contains("masking") || name.contains("nodes");
    List<Integer> labels = IntStream.range(0, IMAGES).mapToObj(i -> i % 10).toList();
    Map<String, Measured> measures = new LinkedHashMap<>();
    measures.put("clean", clean(labels, labels, 1));
    for (String attack : List.of("fgsm naive", "fgsm", "pgd", "transfer", "square")) {
      boolean weak = attack.equals("fgsm naive");
      boolean transfer = attack.equals("transfer");
      String kind = transfer ? "transfer" : "attacked";
      String key = transfer ? "transfer pgd from control" : attack;
      for (double epsilon : EPSILONS) {
        double left = trained ? 0.8 : weak && masked ? 0.6 : 0.2;
        List<Integer> said = guesses(labels.subList(0, 128), left, random);
        long right = IntStream.range(0, 128).filter(i -> said.get(i).equals(i % 10)).count();
        measures.put(
            key + "@" + epsilon,
            attacked(kind, attack.split(" ")[0], epsilon, 1, right / 128.0)
                .classes(List.of(), said));
      }
    }
    measures.put("checks", Measured.by("checks").checks(checks(masked)));
    List<Epoch> epochs = new ArrayList<>();
    for (int phase = 1; phase <= cell.recipe().phases().size(); phase++) {
      for (Epoch e : epochs(0.01, false, random)) {
        epochs.add(new Epoch(phase, e.epoch(), e.figures()));
      }
    }
    return new CellResult(CellResult.Key.of(cell), epochs, measures, 101_770, 0.41);
  }

  private static Measured attacked(
      String measure, String attack, double epsilon, double clean, double left) {
    return Measured.by(measure)
        .settings(Map.of("attack", attack, "epsilon", epsilon))
        .figure("accuracy", new Figure(left, 128, left - 0.05, left + 0.05))
        .figure("clean_accuracy", Figure.of(clean, 128))
        .figure("precision", Figure.of(left, 128))
        .figure("recall", Figure.of(left, 128))
        .figure("f1", Figure.of(left, 128));
  }

  private static List<Epoch> epochs(double loss, boolean learned, Random random) {
    List<Epoch> epochs = new ArrayList<>();
    for (int e = 1; e <= 4; e++) {
      double good = 1 - 0.2 / e - loss + 0.003 * random.nextGaussian();
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put("loss", 0.8 / e + loss);
      figures.put("train_accuracy", good - 0.01);
      figures.put("validation_accuracy", good);
      figures.put("precision", good);
      figures.put("recall", good - 0.002);
      figures.put("f1", good - 0.001);
      if (learned) {
        figures.put("effective_dimension", 512.5);
      }
      epochs.add(new Epoch(1, e, figures));
    }
    return epochs;
  }

  private static Measured clean(List<Integer> labels, List<Integer> said, double accuracy) {
    List<List<Integer>> confusion = new ArrayList<>();
    for (int c = 0; c < 10; c++) {
      confusion.add(new ArrayList<>(Collections.nCopies(10, 0)));
    }
    for (int i = 0; i < labels.size(); i++) {
      List<Integer> row = confusion.get(labels.get(i));
      row.set(said.get(i), row.get(said.get(i)) + 1);
    }
    return Measured.by("clean")
        .figure("accuracy", Figure.share((int) Math.round(accuracy * IMAGES), IMAGES))
        .figure("precision", Figure.of(accuracy, IMAGES))
        .figure("recall", Figure.of(accuracy - 0.001, IMAGES))
        .figure("f1", Figure.of(accuracy, IMAGES))
        .classes(labels, said)
        .confusion(confusion);
  }

  static List<Check> checks(boolean masked) {
    List<Check> checks = new ArrayList<>();
    for (int number = 1; number <= 10; number++) {
      double value = masked && number == 3 ? 0.2 : 0;
      checks.add(new Check(number, "check of number " + number, value, 0.01, "made up"));
    }
    return checks;
  }

  private static Example example(int image, int label, int attacked) {
    byte[] original = new byte[28 * 28];
    byte[] adversarial = new byte[28 * 28];
    for (int i = 0; i < original.length; i++) {
      boolean ink = Math.abs(i % 28 - 14) < 3 + label && i / 28 > 5 && i / 28 < 23;
      original[i] = (byte) (ink ? 220 : 0);
      adversarial[i] = (byte) (ink ? 170 : i % 3 == 0 ? 51 : 0);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return new Example(
        image,
        label,
        label,
        attacked,
        "pgd",
        0.2,
        28,
        28,
        1,
        base64.encodeToString(original),
        base64.encodeToString(adversarial),
        null);
  }

  private static List<Integer> guesses(List<Integer> labels, double accuracy, Random random) {
    return labels.stream()
        .map(l -> random.nextDouble() < accuracy ? l : (l + 1 + random.nextInt(9)) % 10)
        .toList();
  }

  static List<CellTimes> times(Experiment e) {
    Map<String, Double> seconds = Map.of("attacked pgd", 30.0, "checks epsilon=0.1", 12.0);
    return e.cells().stream()
        .map(c -> new CellTimes(c.id(), 10 + 3 * gain(c), 0.2, IMAGES, seconds, 800))
        .toList();
  }
}
