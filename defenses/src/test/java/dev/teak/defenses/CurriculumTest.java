package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * By hand on a model whose logits are pixels: an attack on the first class takes from the first.
 */
class CurriculumTest {
  private static final Module MODEL = Layers.flatten();

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

  private static TrainingHooks hooks(String settings, long seed) {
    return Settings.parse(TrainingDefense.class, "curriculum " + settings)
        .on(Trainee.of(MODEL, Shape.of(1, 1, 2), 2, seed));
  }

  private static Batch batch() {
    return Batch.of(
        Tensor.of(new double[] {0.6, 0.4}, 1, 1, 1, 2), Tensor.ofInts(new int[] {0}, 1));
  }

  private static double[] made(String settings, Step step) {
    return hooks(settings, 1).batch(MODEL, batch(), step).images().toDoubles();
  }

  private static Step of10(long number) {
    return new Step(number, 10, 0, 1);
  }

  /**
   * A straight line up to eps, or any schedule; a step size is for the whole of eps. One cycle
   * rises by half a cosine over its first 3 steps, so that its first is at eps / 25.
   */
  @ParameterizedTest
  @CsvSource({
    "eps=0.1 attacks=[fgsm], 1, 0.01",
    "eps=0.1 attacks=[fgsm], 5, 0.05",
    "eps=0.2 attacks=[fgsm], 5, 0.1",
    "attacks=[fgsm], 5, 0.04",
    "eps=0.1 attacks=[fgsm] schedule=constant, 0, 0.1",
    "eps=0.1 attacks=[fgsm] schedule=constant(warmup=0.5), 1, 0.04",
    "eps=0.1 attacks=[fgsm] schedule=one_cycle, 0, 0.004",
    "eps=0.1 attacks=[pgd(steps=1 step_size=0.04 random_start=false)], 5, 0.02",
    "eps=0.1 attacks=[pgd(steps=2 step_size=0.04 random_start=false)], 5, 0.04",
    "eps=0.1 attacks=[pgd(steps=3 step_size=0.04 random_start=false)], 5, 0.05",
  })
  void theAttackHasTheStrengthOfTheStep(String settings, long step, double change) {
    double[] expected = {0.6 - change, 0.4 + change};
    // The ball's edge is kept clear of by some roundings of floats.
    assertArrayEquals(expected, made(settings, of10(step)), 0x1p-21);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fgsm", "pgd", "cw(searches=1 steps=5)", "square(queries=5)"})
  void theFirstStepIsOnCleanImages(String attack) {
    Batch batch = batch();
    assertSame(batch, hooks("attacks=[" + attack + "]", 1).batch(MODEL, batch, of10(0)));
  }

  /** The classes meet where both pixels have moved by 0.1; C&W goes there and is brought back. */
  @ParameterizedTest
  @CsvSource({"cw, 4, 0.04", "cw, 9, 0.09", "deepfool, 4, 0.04"})
  void whatHasNoEpsilonIsProjectedIntoTheBall(String attack, long step, double change) {
    String settings = attack.equals("cw") ? "cw(searches=1 steps=100 lr=0.1 c=10)" : attack;
    double[] found = made("eps=0.1 attacks=[" + settings + "]", of10(step));
    assertArrayEquals(new double[] {0.6 - change, 0.4 + change}, found, 0x1p-21);
  }

  private static Map<String, Double> figures(String settings, long seed) {
    TrainingHooks hooks = hooks(settings, seed);
    hooks.batch(MODEL, batch(), new Step(1999, 2000, 1, 2));
    return hooks.figures();
  }

  @Test
  void attacksAreDrawnInProportionToTheirWeights() {
    String pool = "eps=0.1 attacks=[fgsm, pgd(steps=2), pgd(steps=3), bim(steps=2)]";
    Map<String, Double> found = figures(pool + " weights=[1, 3, 0, 4]", 1);
    double spread = 4 * 0.5 / Math.sqrt(1000); // four standard deviations of a share, at most
    assertEquals(1 / 8.0, found.get("curriculum_fgsm"), spread);
    assertEquals(3 / 8.0, found.get("curriculum_pgd"), spread);
    assertEquals(0, found.get("curriculum_pgd_2"));
    assertEquals(4 / 8.0, found.get("curriculum_bim"), spread);
    assertEquals(0.1 * 1999 / 2000, found.get("curriculum_strength"), 1e-12);
    found = figures(pool, 1);
    for (String name : List.of("fgsm", "pgd", "pgd_2", "bim")) {
      assertEquals(1 / 4.0, found.get("curriculum_" + name), spread, name);
    }
    assertEquals(found, figures(pool, 1));
    assertFalse(found.equals(figures(pool, 2)), "of another seed");
  }

  @Test
  void whatIsRandomIsThatOfTheSeedAndTheStep() {
    String pool = "attacks=[pgd(steps=1)]";
    assertArrayEquals(made(pool, of10(5)), made(pool, of10(5)));
    double[] other = hooks(pool, 2).batch(MODEL, batch(), of10(5)).images().toDoubles();
    assertFalse(Arrays.equals(made(pool, of10(5)), other));
    Step later = new Step(10, 20, 0, 1); // of the same strength
    assertFalse(Arrays.equals(made(pool, of10(5)), made(pool, later)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "curriculum eps=0.1 attacks=[fgsm, pgd(steps=2 step_size=0.05)]; label_smoothing 0.1;"
            + " dynamic_feature_mask @1",
        "filter sharpen; curriculum attacks=[fgsm]",
        "curriculum attacks=[fgsm]; learned 0.001; noise 0.001"
      })
  void aModelLearnsUnderItBesideOthers(String defenses) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks hooks = Halves.hooks(defenses, model, Halves.IMAGE, 1)) {
      List<EpochResult> epochs =
          Trainer.of(model)
              .epochs(16)
              .batch(16)
              .hooks(hooks)
              .run(Halves.examples(1, 200), Halves.examples(1, 0));
      double first = epochs.get(0).figures().get("curriculum_strength");
      double last = epochs.get(15).figures().get("curriculum_strength");
      assertTrue(first > 0 && last > 10 * first, first + ", " + last);
    }
    double accuracy = Evaluate.accuracy(model, Halves.examples(3, 100));
    assertTrue(accuracy >= 0.9, defenses + ": " + accuracy);
  }

  @Test
  void aPassIsCountedForEachStepOfTheMeanAttack() {
    TrainingDefense defense =
        Settings.parse(
            TrainingDefense.class, "curriculum attacks=[fgsm, pgd(steps=9)] weights=[3, 1]");
    assertEquals(3, defense.passes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "curriculum | the setting 'attacks' is missing",
        "curriculum attacks=[] | there is none to draw",
        "curriculum eps=0 attacks=[fgsm] | must be above 0",
        "curriculum attacks=[fgsm] weights=[1, 2] | 2 of 1 attacks",
        "curriculum attacks=[fgsm, pgd] weights=[0, 0] | not all 0",
        "curriculum attacks=[fgsm, pgd] weights=[2, -1] | must be 0 or more",
        "curriculum attacks=[fgsm, pgd(high=255)] | another range of pixels than 'fgsm'",
        "curriculum attacks=[pgd(eps=0.1)] | eps is given beside the attack",
        "learned 0.01; curriculum attacks=[fgsm] | put the mask behind the attack",
      })
  void nonsenseIsRefused(String text, String complaint) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Halves.hooks(text, Halves.model(), Halves.IMAGE, 1))
            .getMessage();
    assertTrue(message.contains(complaint), message);
  }
}
