package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.defenses.Halves;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwpTest {
  private static final double GAMMA = 0.25;

  /** A loss of its weights alone: the sum of w^4 / 4, whose gradient is w^3. */
  private static final class Quartic extends Module {
    final Tensor weight = parameter("weight", Tensor.of(new double[] {1, -2}, 1, 2));
    final Tensor bias = parameter("bias", Tensor.of(new double[] {0.5}, 1));

    @Override
    protected Tensor compute(Tensor x) {
      return weight.square().square().sum().add(bias.square().square().sum()).div(4);
    }

    Objective.Result pass() {
      Tensor loss = forward(Tensor.scalar(0));
      zeroGrad();
      loss.backward();
      return Objective.Result.withoutClasses(loss);
    }
  }

  /**
   * The weight's length is the root of 5, that of its gradient (1, -8) the root of 65: it goes a
   * quarter of the one along the other, and the gradient there is the cube. The bias stays.
   */
  @ParameterizedTest
  @CsvSource({"0, 0, true", "2, 2, true", "2, 1, false"})
  void theGradientIsThatAtTheMovedWeightsOnceWarm(int warmup, int epoch, boolean moved) {
    try (Devices.Use use = Devices.use("reference")) {
      Quartic model = new Quartic();
      TrainingHooks hooks = new Awp(GAMMA, warmup).on(Trainee.of(model, Shape.of(1, 1, 1), 2, 1));
      Supplier<Objective.Result> pass = model::pass;
      Objective.Result result = hooks.backward(model, pass, new Step(7, 9, epoch, 3));
      double far = moved ? GAMMA * Math.sqrt(5) / Math.sqrt(65) : 0;
      double first = 1 + far;
      double second = -2 - 8 * far;
      // a few roundings of doubles near 30
      assertArrayEquals(
          new double[] {Math.pow(first, 3), Math.pow(second, 3)},
          model.weight.grad().toDoubles(),
          1e-13);
      assertEquals(0.125, model.bias.grad().item());
      assertEquals(
          (Math.pow(first, 4) + Math.pow(second, 4) + 0.0625) / 4, result.loss().item(), 1e-13);
      assertArrayEquals(new double[] {1, -2}, model.weight.toDoubles(), 0, "back to the bit");
    }
  }

  /** It has no place among the batch's changes, and the loss that it follows is the whole one. */
  @Test
  void itsPlaceAmongOthersChangesNothing() throws IOException {
    float[] plain = trained("adversarial_logit_pairing fgsm(0.1)");
    float[] first = trained("awp; adversarial_logit_pairing fgsm(0.1)");
    float[] last = trained("adversarial_logit_pairing fgsm(0.1); awp");
    assertArrayEquals(first, last);
    assertFalse(Arrays.equals(plain, first));
  }

  private static float[] trained(String defenses) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks hooks = Halves.hooks(defenses, model, Halves.IMAGE, 1)) {
      Halves.train(model, hooks, 1e-2, 1, Halves.examples(1, 48));
    }
    return model.parameters().get(0).toFloats();
  }

  @Test
  void aNegativeSettingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Awp(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Awp(0.005, -1));
  }
}
