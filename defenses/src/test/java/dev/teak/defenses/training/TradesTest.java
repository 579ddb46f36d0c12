package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On logits that are the pixels. */
class TradesTest {
  private static final Module MODEL = Layers.flatten();
  private static final Step STEP = new Step(3, 10, 0, 1);

  private static TrainingHooks hooks(Trades defense) {
    return defense.on(Trainee.of(MODEL, Shape.of(1, 1, 2), 2, 1));
  }

  private static Batch batch() {
    return Batch.of(
        Tensor.of(new double[] {0.6, 0.4}, 1, 1, 1, 2), Tensor.ofInts(new int[] {0}, 1));
  }

  /** A pair of the clean image and of one that a step of 0.1 against its class makes of it. */
  private static Batch pair(TrainingHooks hooks) {
    Batch both = hooks.batch(MODEL, batch(), STEP);
    return both.images(Tensor.of(new double[] {0.6, 0.4, 0.5, 0.5}, 2, 1, 1, 2).requiresGrad(true));
  }

  /**
   * The divergence depends on the difference of the two logits, 0.2 at the image, and grows on both
   * sides of it. Steps of a quarter end in a corner of the ball, where the difference is 0 or 0.4.
   */
  @Test
  void theAttackedImageIsWhereItIsAnsweredMostDifferently() {
    try (Devices.Use use = Devices.use("reference")) {
      double[] both = hooks(Trades.of(0.1)).batch(MODEL, batch(), STEP).images().toDoubles();
      assertEquals(0.6, both[0]);
      assertEquals(0.4, both[1]);
      double way = Math.signum(both[2] - 0.6);
      // the attack keeps clear of the ball's edge by some roundings of floats
      assertEquals(0.6 + 0.1 * way, both[2], 0x1p-21);
      assertEquals(0.4 - 0.1 * way, both[3], 0x1p-21);
    }
  }

  /**
   * p = (0.5498340, 0.4501660) and q = (1/2, 1/2): the cross-entropy is log(1 + e^-0.2) =
   * 0.598138869, KL(p || q) = p log 2p + (1 - p) log 2(1 - p) = 0.004975111.
   */
  @ParameterizedTest
  @CsvSource({"0, 0.598138869", "1, 0.603113980", "6, 0.627989533"})
  void theLossIsThatOfTheCleanImageAndTheWeightedDivergence(double beta, double loss) {
    try (Devices.Use use = Devices.use("reference")) {
      TrainingHooks hooks = hooks(new Trades(0.1, 1, 1, beta));
      Objective.Result result =
          hooks.objective(Objective.CROSS_ENTROPY).of(MODEL, pair(hooks), STEP);
      assertEquals(loss, result.loss().item(), 2e-9); // nine digits are written
      assertArrayEquals(
          new double[] {0.6, 0.4, 0.5, 0.5}, result.logits().toDoubles(), 0, "logits of both");
    }
  }

  /**
   * At the attacked image beta (q - p); at the clean one p - (1, 0) and beta times p (log p / q -
   * KL): both ends of the divergence move.
   */
  @Test
  void theGradientFollowsBothEndsOfTheDivergence() {
    try (Devices.Use use = Devices.use("reference")) {
      TrainingHooks hooks = hooks(new Trades(0.1, 1, 1, 6));
      Batch pair = pair(hooks);
      hooks.objective(Objective.CROSS_ENTROPY).of(MODEL, pair, STEP).loss().backward();
      double p = 1 / (1 + Math.exp(-0.2));
      double divergence = p * Math.log(2 * p) + (1 - p) * Math.log(2 * (1 - p));
      double clean = p - 1 + 6 * p * (Math.log(2 * p) - divergence);
      double attacked = 6 * (0.5 - p);
      assertArrayEquals(
          new double[] {clean, -clean, attacked, -attacked},
          pair.images().grad().toDoubles(),
          1e-13); // a few roundings of doubles near 1
    }
  }
}
