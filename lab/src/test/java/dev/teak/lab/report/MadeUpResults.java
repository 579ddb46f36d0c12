package dev.teak.lab.report;

import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.CellResult.Example;
import dev.teak.lab.experiment.CellResult.Masked;
import dev.teak.lab.experiment.CellResult.Predictions;
import dev.teak.lab.experiment.CellResult.Scores;
import dev.teak.lab.experiment.CellTimes;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/** Results as an experiment could give them, for tests of the page alone: nothing was measured. */
final class MadeUpResults {
  static final String SETTINGS = "# made up <&>\nname: made-up\nseeds: [1, 2, 3]\n";

  private static final String EXPERIMENT =
      """
      name: made up
      data: mnist
      images: {train: 1000, validation: 100, test: 200}
      seeds: [1]
      epochs: 4
      batch: 64
      lr: 0.002
      grid:
      - models: [mlp, cnn]
        trainings: [none, random 0.1, random 0.3, random 0.5, random 0.3 fixed]
      - models: [cnn]
        trainings: [learned 0.001, random 0.3; noise 0.01]
      attacks:
        epsilons: [0.1, 0.2, 0.3]
        fgsm_images: 128
        pgd_images: 128
        pgd_steps: 40
        autoattack_images: 128
        autoattack_seeds: 3
        masked_images: 128
        check_images: 128
        check_seeds: 3
        check_epsilon: 0.1
        examples: 2
      """;
  private static final int IMAGES = 200;
  private static final double[] EPSILONS = {0.1, 0.2, 0.3};

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

  private static double gain(Cell cell) {
    return cell.ratio() == null ? 0 : cell.ratio();
  }

  /**
   * A cell that loses this much clean accuracy and gains so much under FGSM, and a tenth under PGD.
   */
  static CellResult result(Cell cell, double loss, double gain) {
    Random random = new Random(cell.id().hashCode());
    String labels = digits(IMAGES, i -> i % 10);
    double accuracy = 0.98 - loss;
    String clean = guesses(labels, accuracy, random);
    List<Attacked> attacked = new ArrayList<>();
    for (String attack : CellResult.ATTACKS) {
      boolean weak = attack.equals("fgsm");
      for (double epsilon : EPSILONS) {
        double base = (weak ? 0.75 : attack.equals("pgd") ? 0.6 : 0.55) * Math.exp(-4 * epsilon);
        double left = base + (weak ? gain : gain / 10) + 0.01 * random.nextGaussian();
        attacked.add(attacked(attack, epsilon, accuracy, Math.min(1, Math.max(0, left))));
      }
    }
    return new CellResult(
        cell,
        epochs(cell.epochs(), loss, random),
        scores(labels, clean, accuracy),
        attacked,
        cell.ratio() == null
            ? null
            : new Masked(cell.training(), accuracy - 0.03, List.of(attacked.get(4))),
        new Predictions(labels, clean, guesses(labels, 0.4 + gain, random), "pgd", 0.2),
        checks(gain > 0.1),
        cell.training().startsWith("learned") ? 512.5 : null,
        101_770,
        0.41,
        cell.seed() == 1 ? List.of(example(3, 8), example(7, 9)) : List.of());
  }

  /** The same but for what attacks left of it. */
  static CellResult with(CellResult r, List<Attacked> attacked) {
    return new CellResult(
        r.cell(),
        r.epochs(),
        r.clean(),
        attacked,
        r.masked(),
        r.predictions(),
        r.checks(),
        r.effectiveDimension(),
        r.parameters(),
        r.sizeMb(),
        r.examples());
  }

  private static Attacked attacked(String attack, double epsilon, double clean, double left) {
    return new Attacked(
        attack, epsilon, 128, clean, left, left - 0.05, left + 0.05, left, left, left);
  }

  private static List<Epoch> epochs(int count, double loss, Random random) {
    List<Epoch> epochs = new ArrayList<>();
    for (int e = 1; e <= count; e++) {
      double good = 1 - 0.2 / e - loss + 0.003 * random.nextGaussian();
      epochs.add(new Epoch(e, 0.8 / e + loss, good - 0.01, good, good, good - 0.002, good - 0.001));
    }
    return epochs;
  }

  private static Scores scores(String labels, String clean, double accuracy) {
    int[][] confusion = new int[10][10];
    for (int i = 0; i < labels.length(); i++) {
      confusion[labels.charAt(i) - '0'][clean.charAt(i) - '0']++;
    }
    return new Scores(accuracy, accuracy, accuracy - 0.001, accuracy, confusion);
  }

  static List<Check> checks(boolean masked) {
    List<Check> checks = new ArrayList<>();
    for (int number = 1; number <= 10; number++) {
      double value = masked && number == 3 ? 0.2 : 0;
      checks.add(new Check(number, "check of number " + number, value, 0.01, "made up"));
    }
    return checks;
  }

  private static Example example(int label, int attacked) {
    byte[] original = new byte[28 * 28];
    byte[] adversarial = new byte[28 * 28];
    for (int i = 0; i < original.length; i++) {
      boolean ink = Math.abs(i % 28 - 14) < 3 + label && i / 28 > 5 && i / 28 < 23;
      original[i] = (byte) (ink ? 220 : 0);
      adversarial[i] = (byte) (ink ? 170 : i % 3 == 0 ? 51 : 0);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return new Example(
        0,
        label,
        label,
        attacked,
        "pgd",
        0.2,
        28,
        28,
        1,
        base64.encodeToString(original),
        base64.encodeToString(adversarial));
  }

  private static String guesses(String labels, double accuracy, Random random) {
    return digits(
        labels.length(),
        i -> {
          int label = labels.charAt(i) - '0';
          return random.nextDouble() < accuracy ? label : (label + 1 + random.nextInt(9)) % 10;
        });
  }

  private static String digits(int count, IntUnaryOperator digit) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(digit.applyAsInt(i));
    }
    return text.toString();
  }

  static List<CellTimes> times(Experiment e) {
    return e.cells().stream()
        .map(c -> new CellTimes(c.id(), 10 + 3 * gain(c), 0.2, IMAGES, 30, 12, 800))
        .toList();
  }
}
