package dev.teak.defenses.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Halves;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.Models;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Worked out by hand on a model whose three maps are pixels and whose logits are 2, 1 and 0 times
 * them, so that what was masked can be read off its answers. All N images are 0.5 of the first
 * class: softmax of (1, 0.5, 0) is (0.5064804, 0.3071959, 0.1863237), so that N times the gradients
 * at the maps are 2 (0.5064804 - 1), 0.3071959 and 0.
 */
class DynamicFeatureMaskTest {
  private static final int N = 4000;
  private static final Shape IMAGE = Shape.of(1, 1, 3);
  private static final Step STEP = new Step(3, 10, 3, 10);
  private static final double[] SIZES = {0.9870392, 0.3071959, 0};
  private static final double[] SCALES = {2, 1, 0};

  /** Four standard deviations of a share of N draws, at most. */
  private static final double SPREAD = 4 * 0.5 / Math.sqrt(N);

  private Devices.Use use;
  private Scope scope;

  @BeforeEach
  void onTheReference() {
    use = Devices.use("reference");
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    use.close();
  }

  private static Module model() {
    return new Sequential(
        Layers.identity(), Layers.flatten(), Layers.of(x -> x.mul(Tensor.of(SCALES, 3))));
  }

  private static Batch batch() {
    return Batch.of(Tensor.full(Devices.current(), Shape.of(N, 1, 1, 3), 0.5), classes());
  }

  private static Tensor classes() {
    return Tensor.ofInts(new int[N], N);
  }

  /** What a step gave. */
  private record Found(
      double[][] logits, Map<String, Double> figures, Map<String, Double> gradients) {}

  private static Found step(String settings, Step step) {
    TrainingDefense defense =
        Settings.parse(TrainingDefense.class, "dynamic_feature_mask @0 " + settings);
    Module model = model();
    try (TrainingHooks hooks = defense.on(Trainee.of(model, IMAGE, 3, 7))) {
      Objective.Result r = hooks.objective(Objective.CROSS_ENTROPY).of(model, batch(), step);
      r.loss().backward();
      Map<String, Double> gradients = new TreeMap<>();
      hooks.parameters().forEach((name, p) -> gradients.put(name, p.grad().item()));
      double[] flat = r.logits().toDoubles();
      double[][] logits = new double[N][];
      Arrays.setAll(logits, i -> Arrays.copyOfRange(flat, 3 * i, 3 * i + 3));
      return new Found(logits, hooks.figures(), gradients);
    }
  }

  /** The share of images in which a map, of those that show, was masked. */
  private static double masked(Found found, int map) {
    return Arrays.stream(found.logits).filter(row -> row[map] == 0).count() / (double) N;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Alpha is N times as large as it is here, for gradients are those of a mean over N. */
  private static String alpha(double timesN) {
    return "alpha=" + timesN * N + " ";
  }

  @ParameterizedTest
  @CsvSource({"text, false", "pseudocode, true"})
  void elementsAreMaskedOrKeptWithTheSigmoidOfTheirMapsGradient(String variant, boolean keeps) {
    Found found = step(alpha(3) + variant, STEP);
    double mean = 0;
    for (int map = 0; map < 3; map++) {
      double p = sigmoid(3 * SIZES[map]); // 0.9508, 0.7154, 0.5
      mean += p / 3;
      if (map < 2) {
        assertEquals(keeps ? 1 - p : p, masked(found, map), SPREAD, "map " + map);
      }
    }
    assertEquals(mean, found.figures.get("mask_probability"), 1e-6); // a rounding of floats
    assertEquals(keeps ? 1 - mean : mean, found.figures.get("masked"), SPREAD);
    assertEquals(3 * N, found.figures.get("mask_alpha"));
    for (double[] row : found.logits) { // each element by itself, and kept as it is
      assertTrue(row[0] == 0 || row[0] == 1, () -> Arrays.toString(row));
      assertTrue(row[1] == 0 || row[1] == 0.5, () -> Arrays.toString(row));
    }
  }

  @Test
  void asThePaperWritesItAlmostEveryProbabilityIsOneHalf() {
    Found found = step("", STEP);
    assertEquals(0.1, found.figures.get("mask_alpha"), 1e-8);
    assertEquals(0.5, found.figures.get("mask_probability"), 1e-4);
    assertEquals(0.5, masked(found, 0), SPREAD);
  }

  /** The mean size over the maps is 0.4314117. */
  @Test
  void calibratedItIsTheGradientOverItsMeanAndABias() {
    Found found = step("alpha=1 calibrated", STEP);
    for (int map = 0; map < 2; map++) {
      double p = sigmoid(SIZES[map] / 0.4314117 - 2); // 0.5715, 0.2162
      assertEquals(p, masked(found, map), SPREAD, "map " + map);
    }
    assertEquals(-2, found.figures.get("mask_bias"));
    assertEquals(1, found.figures.get("mask_alpha"));
  }

  @Test
  void rescaledWhatIsKeptIsDividedByTheProbabilityOfThat() {
    for (double[] row : step(alpha(1) + "rescale", STEP).logits) {
      double kept = 1 / (1 - sigmoid(SIZES[0])); // 3.683
      assertEquals(row[0] == 0 ? 0 : kept, row[0], 1e-5);
    }
  }

  /**
   * dL/dalpha = sum of dL/dy f dk/da |g| over the elements, k = 1 - sigmoid(a) being the
   * probability of being kept, a = alpha |g| and y what follows of the draws.
   */
  @ParameterizedTest
  @CsvSource({"straight_through, 0", "relaxed temperature=0.5, 0.5", "relaxed temperature=2, 2"})
  void theGradientOfAlphaLeadsThroughTheDraws(String estimator, double temperature) {
    Found found = step(alpha(1) + estimator, STEP);
    double[] u =
        new RandomStream(7, "dynamic_feature_mask/3")
            .uniform(Shape.of(N, 1, 1, 3), 0x1p-24, 1)
            .toDoubles();
    double expected = 0;
    for (int i = 0; i < N; i++) {
      double[] z = found.logits[i];
      double sum = Math.exp(z[0]) + Math.exp(z[1]) + Math.exp(z[2]);
      for (int map = 0; map < 3; map++) {
        double slope = SCALES[map] * (Math.exp(z[map]) / sum - (map == 0 ? 1 : 0)) / N;
        double a = SIZES[map];
        double draw = u[3 * i + map];
        double noisy = Math.log(draw / (1 - draw)) - a;
        assertTrue(map == 2 || (noisy > 0) == (z[map] != 0), "the draws do not depend on it");
        double h = temperature == 0 ? sigmoid(a) : sigmoid(noisy / temperature);
        double change = h * (1 - h) / (temperature == 0 ? 1 : temperature);
        expected += slope * 0.5 * -change * SIZES[map] / N;
      }
    }
    // Some 1e4 roundings of floats that add up like a random walk.
    assertEquals(1, found.gradients.get("alpha") / expected, 1e-5);
  }

  @Test
  void theBiasHasAGradientOfItsOwn() {
    assertTrue(step("alpha=1 calibrated", STEP).gradients.get("bias") > 0); // masking costs
    assertEquals(List.of("alpha"), List.copyOf(step("", STEP).gradients.keySet()));
  }

  @Test
  void theDrawsAreThoseOfTheSeedAndTheStep() {
    double[][] first = step("", STEP).logits;
    assertTrue(Arrays.deepEquals(first, step("", STEP).logits));
    assertFalse(Arrays.deepEquals(first, step("", new Step(4, 10, 4, 10)).logits));
  }

  @Test
  void onlyWhatLiesBehindTheLayerRunsTwice() {
    Module model = Halves.model();
    List<String> runs = new ArrayList<>();
    model
        .namedModules()
        .forEach(
            (name, part) ->
                part.registerForwardHook(
                    (at, in, out) -> {
                      runs.add(name);
                      return null;
                    }));
    try (TrainingHooks hooks = Halves.hooks("dynamic_feature_mask @2", model, Halves.IMAGE, 1)) {
      Batch batch = Batch.of(Tensor.ones(2, 4, 4, 1), Tensor.ofInts(new int[] {0, 1}, 2));
      assertTrue(hooks.objective(Objective.CROSS_ENTROPY).of(model, batch, STEP).loss().item() > 0);
    }
    assertEquals(List.of("0", "1", "2", "3", "4", "5", "", "3", "4", "5", ""), runs);
  }

  @Test
  void alphaTrainsAndAnEpochsFiguresAreMeansOverItsSteps() throws IOException {
    Module model = Halves.model();
    try (TrainingHooks hooks =
        Halves.hooks("dynamic_feature_mask @2; label_smoothing 0.1", model, Halves.IMAGE, 1)) {
      List<EpochResult> epochs =
          Trainer.of(model)
              .epochs(2)
              .batch(16)
              .hooks(hooks)
              .run(Halves.examples(1, 64), Halves.examples(1, 0));
      Map<String, Double> last = epochs.get(1).figures();
      assertTrue(Math.abs(last.get("mask_alpha") - 0.1) > 1e-4, () -> "" + last);
      assertEquals(hooks.parameters().get("0.alpha").item(), last.get("mask_alpha"));
      assertEquals(0.5, last.get("mask_probability"), 1e-2);
      assertEquals(0.5, last.get("masked"), 0.1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dynamic_feature_mask @1",
        "dynamic_feature_mask @1 pseudocode relaxed rescale",
        "distillation temperature=2 soft=0; dynamic_feature_mask @1",
        "label_smoothing 0.1; adv-fgsm 0.05; dynamic_feature_mask @1 calibrated"
      })
  void aModelLearnsUnderIt(String defenses) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks hooks = Halves.hooks(defenses, model, Halves.IMAGE, 1)) {
      Halves.train(model, hooks, 5e-3, 10, Halves.examples(1, 400));
    }
    double accuracy = Evaluate.accuracy(model, Halves.examples(3, 100));
    assertTrue(accuracy >= 0.9, defenses + ": " + accuracy);
  }

  /** Running means begin at one half, and move by a tenth to 1 - sigmoid(0.9870392) = 0.2715034. */
  @Test
  void atTestMasksAreDrawnByTheRunningMeans() {
    Module bare = model();
    Trainee trainee = Trainee.of(bare, IMAGE, 3, 7);
    TrainingDefense defense =
        Settings.parse(
            TrainingDefense.class, "dynamic_feature_mask @0 " + alpha(1) + "mask_at_test");
    try (Defended defended = Defended.of(bare, List.of(defense), trainee)) {
      Module model = defended.model();
      Tensor images = batch().images();
      Objective objective = defended.hooks().objective(Objective.CROSS_ENTROPY);
      assertTrue(objective.of(model, batch(), STEP).loss().item() > 0);
      double kept = 0.9 * 0.5 + 0.1 * (1 - sigmoid(SIZES[0]));
      assertEquals(kept, defended.whole().stateDict().get("masks.kept").toDoubles()[0], 1e-6);
      assertEquals(0.5, defended.whole().stateDict().get("masks.kept").toDoubles()[2], 1e-6);
      assertArrayEquals(new double[] {1, 0.5, 0}, row(model.forward(images), 0), "in training");
      model.eval();
      double[] first = model.forward(images).toDoubles();
      double share = 0;
      for (int i = 0; i < N; i++) {
        share += first[3 * i] == 0 ? 0 : 1.0 / N;
      }
      assertEquals(kept, share, SPREAD);
      assertFalse(Arrays.equals(first, model.forward(images).toDoubles()), "drawn anew");
      assertEquals(20, defended.victim().passes());
      assertArrayEquals(new double[] {1, 0.5, 0}, row(bare.forward(images), 0), "by itself");
    }
  }

  @Test
  void atTestWhatIsKeptIsRescaledToo() {
    Module bare = model();
    Trainee trainee = Trainee.of(bare, IMAGE, 3, 7);
    TrainingDefense defense =
        Settings.parse(TrainingDefense.class, "dynamic_feature_mask @0 mask_at_test rescale");
    try (Defended defended = Defended.of(bare, List.of(defense), trainee)) {
      defended.model().eval();
      double[] logits = defended.model().forward(batch().images()).toDoubles();
      double[] values = Arrays.stream(logits).sorted().distinct().toArray();
      assertArrayEquals(new double[] {0, 1, 2}, values); // of 0.5 with probability 1/2
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * All of a model that draws masks at test, where attacks and judges ask it; killed on request.
   */
  private static List<double[]> trained(Path file, int killedAfter) throws IOException {
    TrainingListener killer =
        new TrainingListener() {
          private int done;

          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            done++;
            if (done == killedAfter) {
              throw new Killed();
            }
          }
        };
    String text = "curriculum attacks=[fgsm]; dynamic_feature_mask @1 mask_at_test";
    List<double[]> all = new ArrayList<>();
    try (Defended defended = Halves.defended(text, Halves.model(), Halves.IMAGE, 1)) {
      List<EpochResult> epochs =
          Trainer.of(defended.model())
              .epochs(2)
              .batch(8)
              .hooks(defended.hooks())
              .checkpoint(new Checkpoint(file, "test", 1))
              .listener(killer)
              .run(Halves.examples(1, 32), Halves.examples(2, 8));
      defended.whole().stateDict().values().forEach(t -> all.add(t.toDoubles()));
      for (EpochResult epoch : epochs) {
        all.add(epoch.figures().values().stream().mapToDouble(v -> v).toArray());
      }
      all.add(defended.model().forward(Tensor.ones(2, 4, 4, 1)).toDoubles());
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 7})
  void aKilledTrainingThatMasksAtTestEndsInTheSameNumbers(int after, @TempDir Path folder)
      throws IOException {
    List<double[]> whole = trained(folder.resolve("whole"), 0);
    Path file = folder.resolve("killed");
    assertThrows(Killed.class, () -> trained(file, after));
    assertTrue(Arrays.deepEquals(whole.toArray(), trained(file, 0).toArray()));
  }

  private static double[] row(Tensor logits, int i) {
    return logits.rows(i, i + 1).toDoubles();
  }

  @Test
  void unlessItIsAskedForNothingStandsAroundTheModel() {
    Module bare = model();
    DynamicFeatureMask defense = DynamicFeatureMask.at("0");
    try (Defended defended = Defended.of(bare, List.of(defense), Trainee.of(bare, IMAGE, 3, 7))) {
      assertEquals(bare, defended.model());
      assertEquals(List.of(), Defended.standing(List.of(defense)));
      assertEquals(1, defended.victim().passes());
    }
  }

  @Test
  void theLayerOfAResNetIsFoundBehindOtherDefenses() {
    Module bare =
        Models.parse("resnet18 width=2").build(Shape.of(8, 8, 3), 2, new RandomStream(1, "init"));
    Shape image = Shape.of(8, 8, 3);
    String text = "feature_denoising @layer4 mean; dynamic_feature_mask @layer4 mask_at_test";
    try (Defended defended = Halves.defended(text, bare, image, 1)) {
      Batch batch =
          Batch.of(
              new RandomStream(2, "x").uniform(Shape.of(2, 8, 8, 3)),
              Tensor.ofInts(new int[] {0, 1}, 2));
      Objective objective = defended.hooks().objective(Objective.CROSS_ENTROPY);
      objective.of(defended.model(), batch, Halves.step(0)).loss().backward();
      for (Tensor p : defended.model().parameters()) {
        assertTrue(p.grad() != null, "all of the model learns");
      }
    }
  }

  @Test
  void nonsenseIsRefused() {
    Trainee trainee = Trainee.of(model(), IMAGE, 3, 7);
    for (String wrong : List.of("temperature=0", "alpha=nan")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Settings.parse(TrainingDefense.class, "dynamic_feature_mask @0 " + wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> DynamicFeatureMask.at("9").on(trainee));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Settings.parse(TrainingDefense.class, "dynamic_feature_mask @0 mask_at_test")
                        .on(trainee))
            .getMessage();
    assertTrue(message.contains("train what wrap gives"), message);
  }
}
