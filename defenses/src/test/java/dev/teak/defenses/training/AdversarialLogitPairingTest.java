package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdversarialLogitPairingTest {
  /** Logits are pixels. */
  private static final Module MODEL = Layers.flatten();

  private static final Step STEP = new Step(3, 10, 0, 1);

  private static TrainingHooks hooks(AdversarialLogitPairing defense) {
    return defense.on(Trainee.of(MODEL, Shape.of(1, 1, 2), 2, 1));
  }

  private static Batch batch() {
    return Batch.of(
        Tensor.of(new double[] {0.6, 0.4}, 1, 1, 1, 2), Tensor.ofInts(new int[] {0}, 1));
  }

  /**
   * FGSM of 0.1 makes of 0.6 and 0.4 both 0.5. The cross-entropies are log(1 + e^-0.2) = 0.5981389
   * and log 2 = 0.6931472, in the mean 0.6456430; the mean squared difference of logits is 0.01.
   */
  @ParameterizedTest
  @CsvSource({"0, 0.6456430", "0.5, 0.6506430", "2, 0.6656430"})
  void theLossIsThatOfBothAndTheWeightedDifference(double weight, double loss) {
    TrainingHooks hooks = hooks(new AdversarialLogitPairing(Fgsm.linf(0.1), weight));
    Batch both = hooks.batch(MODEL, batch(), STEP);
    assertArrayEquals(new double[] {0.6, 0.4, 0.5, 0.5}, both.images().toDoubles(), 0x1p-21);
    // above: the attack keeps clear of the ball's edge by some roundings of floats
    assertArrayEquals(new int[] {0, 0}, both.labels().toInts());
    Objective.Result result = hooks.objective(Objective.CROSS_ENTROPY).of(MODEL, both, STEP);
    assertEquals(loss, result.loss().item(), 1e-6); // a few roundings of floats near 1
    assertEquals(Shape.of(2, 2), result.logits().shape());
  }

  @Test
  void randomStartsAreThoseOfTheStep() {
    TrainingHooks hooks = hooks(new AdversarialLogitPairing(Pgd.linf(0.1).steps(1), 1));
    float[] first = hooks.batch(MODEL, batch(), STEP).images().toFloats();
    float[] again = hooks.batch(MODEL, batch(), STEP).images().toFloats();
    float[] next = hooks.batch(MODEL, batch(), new Step(4, 10, 0, 1)).images().toFloats();
    assertArrayEquals(first, again);
    assertFalse(Arrays.equals(first, next));
  }

  @Test
  void aBatchThatHasChangedSinceIsRefused() {
    TrainingHooks hooks = hooks(new AdversarialLogitPairing(Fgsm.linf(0.1), 1));
    hooks.batch(MODEL, batch(), STEP);
    Objective objective = hooks.objective(Objective.CROSS_ENTROPY);
    String message =
        assertThrows(IllegalArgumentException.class, () -> objective.of(MODEL, batch(), STEP))
            .getMessage();
    assertEquals(
        "adversarial_logit_pairing: the step has logits [1, 2] for 1 pairs of images; put it"
            + " behind defenses that change how many images there are",
        message);
  }

  @Test
  void aNegativeWeightIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new AdversarialLogitPairing(Fgsm.linf(0.1), -1));
  }
}
