package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
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
import org.junit.jupiter.params.provider.ValueSource;

/** On logits that are the pixels, of three classes. */
class MartTest {
  private static final Module MODEL = Layers.flatten();
  private static final Step STEP = new Step(3, 10, 0, 1);

  private static TrainingHooks hooks(Mart defense) {
    return defense.on(Trainee.of(MODEL, Shape.of(1, 1, 3), 3, 1));
  }

  private static Batch batch() {
    return Batch.of(
        Tensor.of(new double[] {0.6, 0.4, 0.2}, 1, 1, 1, 3), Tensor.ofInts(new int[] {0}, 1));
  }

  private static Objective.Result result(double lambda, double... pair) {
    TrainingHooks hooks = hooks(new Mart(0.1, 1, 1, lambda));
    Batch both =
        hooks.batch(MODEL, batch(), STEP).images(Tensor.of(pair, 2, 1, 1, 3).requiresGrad(true));
    Objective.Result result = hooks.objective(Objective.CROSS_ENTROPY).of(MODEL, both, STEP);
    result.loss().backward();
    assertTrue(
        Arrays.stream(both.images().grad().toDoubles()).allMatch(Double::isFinite), "gradient");
    return result;
  }

  /** The loss of class 0 grows where its logit falls and the others rise. */
  @Test
  void theAttackedImageIsAtTheEdgeAgainstItsClass() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] both = hooks(Mart.of(0.1)).batch(MODEL, batch(), STEP).images().toDoubles();
      // the attack keeps clear of the ball's edge by some roundings of floats
      assertArrayEquals(new double[] {0.6, 0.4, 0.2, 0.5, 0.5, 0.3}, both, 0x1p-21);
    }
  }

  /**
   * p is the softmax of (0.6, 0.4, 0.2), q that of (0.5, 0.5, 0.1): -log q0 = 0.982198333; the
   * likeliest wrong class is the second, -log(1 - q1) = 0.469183080; KL(p || q) = 0.004510316 and 1
   * - p0 = 0.598240421.
   */
  @ParameterizedTest
  @CsvSource({"0, 1.451381413", "5, 1.464872678"})
  void theLossIsBothMarginsAndTheDivergenceWhereTheCleanImageIsUnsure(double lambda, double loss) {
    try (Devices.Use use = Devices.use("reference")) {
      Objective.Result result = result(lambda, 0.6, 0.4, 0.2, 0.5, 0.5, 0.1);
      assertEquals(loss, result.loss().item(), 2e-9); // nine digits are written
      assertEquals(Shape.of(2, 3), result.logits().shape());
    }
  }

  /** -log p is 200 + log(1 + 2 e^-200), and -log(1 - p of the second) is 200 - log 2. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void anImageWrongBeyondDoubtHasAFiniteLoss(String device) {
    try (Devices.Use use = Devices.use(device)) {
      double loss = result(0, 0.6, 0.4, 0.2, 0, 200, 0).loss().item();
      assertEquals(400 - Math.log(2), loss, 1e-4); // two roundings of floats near 400
    }
  }
}
