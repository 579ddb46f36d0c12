package dev.teak.lab.report;

import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Epoch;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.paper.Papers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Results as the paper that denoises attacked digits could give them, for tests of its page:
 * nothing was measured. Denoising restores most of what FGSM takes from the classifier, best with
 * the noise that is as large as epsilon; attacks that know the autoencoder leave next to nothing,
 * and the identity's gradient less than the exact one.
 */
final class MadeUpDenoised {
  private static final int IMAGES = 200;
  private static final int FOLDS = 10;
  private static final Pattern NOISE = Pattern.compile("(0\\.[0-9])$");

  private MadeUpDenoised() {}

  /** The paper's short experiment from so many seeds. */
  static Experiment experiment(int seeds) {
    return Papers.named("denoising-ensemble").experiment("short").withSeeds(1, seeds);
  }

  /**
   * Results of it.
   *
   * @param gain of each fold over the classifier behind the same autoencoder, on average; they
   *     scatter by 0.005 about it
   */
  static List<CellResult> results(Experiment e, double gain) {
    return e.cells().stream().map(c -> result(c, gain)).toList();
  }

  private static CellResult result(Cell cell, double gain) {
    String recipe = cell.recipe().name();
    Random random = new Random(cell.id().hashCode());
    List<Integer> labels = IntStream.range(0, IMAGES).mapToObj(i -> i % 10).toList();
    Map<String, Measured> measures = new LinkedHashMap<>();
    measures.put(
        "clean", Measured.by("clean").figure("accuracy", share(0.985)).classes(labels, labels));
    Matcher found = NOISE.matcher(recipe);
    double drift = 0.001 * (cell.seed() - 2); // so that intervals over seeds have a width
    double noise = found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
    for (double e : new double[] {0.1, 0.2, 0.3}) {
      Measured m = reconstruction(recipe, noise, e, gain, drift);
      double left = m.value("accuracy");
      measures.put("reconstruction fgsm@" + e, m.classes(List.of(), said(labels, left, random)));
      measures.put("fgsm@" + e, attacked("attacked", "fgsm", e, 0.2, labels, random));
      measures.put("pgd@" + e, attacked("attacked", "pgd", e, 0.02, labels, random));
      if (!Double.isNaN(noise)) {
        measures.put(
            "pgd straight through@" + e,
            attacked("straight_through", "pgd", e, 0.5 + drift, labels, random));
      }
    }
    measures.put("checks", Measured.by("checks").checks(MadeUpResults.checks(false)));
    Epoch epoch = new Epoch(1, 1, Map.of("loss", 0.1, "validation_accuracy", 0.98));
    return new CellResult(CellResult.Key.of(cell), List.of(epoch), measures, 50_000, 0.2);
  }

  private static Measured reconstruction(
      String recipe, double noise, double epsilon, double gain, double drift) {
    double adversarial = 0.8 - 2.4 * epsilon;
    double whole = 0.95 - epsilon - 0.1 * Math.abs(noise - epsilon) + drift;
    boolean folds = recipe.startsWith("folds");
    double left = Double.isNaN(noise) ? adversarial : folds ? whole + gain : whole;
    double mse = 0.01 + 0.1 * (1 - left) / 2;
    Measured m =
        Measured.by("reconstruction")
            .settings(Map.of("attack", "fgsm", "epsilon", epsilon, "from", "classifier"))
            .figure("clean_accuracy", share(0.985))
            .figure("clean_loss", Figure.of(0.05, IMAGES))
            .figure("adversarial_accuracy", share(adversarial))
            .figure("adversarial_loss", Figure.of(2, IMAGES))
            .figure("reconstructed_clean_accuracy", share(0.98))
            .figure("reconstructed_clean_loss", Figure.of(0.06, IMAGES))
            .figure("accuracy", share(left))
            .figure("loss", Figure.of(0.5, IMAGES))
            .figure("reconstructed_mse", Figure.of(mse, IMAGES))
            .figure("reconstructed_psnr", Figure.of(-10 * Math.log10(mse), IMAGES))
            .figure("reconstructed_ssim", Figure.of(0.9, IMAGES));
    for (int i = 0; folds && i < FOLDS; i++) {
      double scatter = 0.005 * (i % 2 == 0 ? 1 : -1) * Math.sqrt((FOLDS - 1.0) / FOLDS);
      m = m.figure("member_" + i + "_accuracy", share(whole + gain + scatter));
      m = m.figure("member_" + i + "_reconstructed_clean_accuracy", share(0.98));
    }
    return m;
  }

  private static Figure share(double value) {
    return new Figure(value, IMAGES, value - 0.03, value + 0.03);
  }

  private static Measured attacked(
      String measure, String attack, double epsilon, double left, List<Integer> labels, Random r) {
    return Measured.by(measure)
        .settings(Map.of("attack", attack, "epsilon", epsilon))
        .figure("accuracy", share(left))
        .figure("clean_accuracy", Figure.of(1, IMAGES))
        .figure("precision", Figure.of(left, IMAGES))
        .figure("recall", Figure.of(left, IMAGES))
        .figure("f1", Figure.of(left, IMAGES))
        .classes(List.of(), said(labels, left, r));
  }

  private static List<Integer> said(List<Integer> labels, double right, Random random) {
    return labels.stream().map(l -> random.nextDouble() < right ? l : (l + 1) % 10).toList();
  }
}
