package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Tensor;
import dev.teak.nn.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers and schedules as they are written. */
class OptimSettingsTest {
  private static final long TOTAL = 100;

  @Test
  void optimizersAreReadByName() {
    assertEquals(Adam.adam(1e-3), optimizer("adam"));
    assertEquals(Adam.adamW(2e-3).weightDecay(5e-4), optimizer("adamw 2e-3 weight_decay=5e-4"));
    assertEquals(
        Sgd.lr(0.1).momentum(0.9).nesterov(true), optimizer("sgd lr=0.1 momentum=0.9 nesterov"));
    assertEquals(RmsProp.lr(0.045).alpha(0.9), optimizer("rmsprop {lr: 0.045, alpha: 0.9}"));
  }

  private static OptimizerSettings optimizer(String text) {
    return Settings.parse(OptimizerSettings.class, text);
  }

  private static ScheduleSettings schedule(String text) {
    return Settings.parse(ScheduleSettings.class, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam",
        "adamw lr=0.01 weights_only=true",
        "sgd momentum=0.9 nesterov=true",
        "rmsprop lr=0.5 centered=true"
      })
  void optimizersAreWrittenAsTheyAreRead(String text) {
    assertEquals(text, Settings.text(optimizer(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "constant",
        "constant warmup=0.1",
        "cosine min=1.0E-5 warmup=0.05",
        "step every=2 gamma=0.5",
        "one_cycle warmup=0.1"
      })
  void schedulesAreWrittenAsTheyAreRead(String text) {
    assertEquals(schedule(text), schedule(Settings.text(schedule(text))));
  }

  @Test
  void decayLeavesNormsAndBiasesAloneOnRequest() {
    Tensor weight = Tensor.ones(2, 2).requiresGrad(true);
    Tensor bias = Tensor.ones(2).requiresGrad(true);
    Optimizer sgd =
        Sgd.lr(0.5).weightDecay(0.5).weightsOnly(true).of(Map.of("weight", weight, "bias", bias));
    weight.sum().add(bias.sum()).mul(0).backward();
    sgd.step();
    assertEquals(0.75, weight.toFloats()[0]);
    assertEquals(1, bias.toFloats()[0]);
  }

  @Test
  void aCosineWithoutWarmUpIsThePlainOne() {
    LrSchedule plain = LrSchedule.cosine(0.1);
    LrSchedule named = schedule("cosine").of(0.1, 10);
    for (long step = 0; step < TOTAL; step++) {
      assertEquals(plain.at(step, TOTAL), named.at(step, TOTAL));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "cosine", "step 2"})
  void warmUpRisesOverItsShareAndThenFollows(String name) {
    LrSchedule plain = schedule(name).of(0.1, 10);
    LrSchedule warm = schedule(name + " warmup=0.2").of(0.1, 10);
    for (long step = 0; step < 20; step++) {
      assertEquals(plain.at(step, TOTAL) * (step + 1) / 20, warm.at(step, TOTAL), 1e-15);
    }
    for (long step = 20; step < TOTAL; step++) {
      assertEquals(plain.at(step, TOTAL), warm.at(step, TOTAL));
    }
  }

  @Test
  void stepsFallAfterEpochsNotSteps() {
    LrSchedule halves = schedule("step every=2 gamma=0.5").of(1, 10);
    assertEquals(1, halves.at(19, TOTAL));
    assertEquals(0.5, halves.at(20, TOTAL));
    assertEquals(0.25, halves.at(40, TOTAL));
  }

  @Test
  void oneCycleRisesOverItsShare() {
    LrSchedule cycle = schedule("one_cycle warmup=0.5").of(1, 10);
    assertEquals(1, cycle.at(49, TOTAL), 1e-15);
    assertEquals(1.0 / 25, cycle.at(0, TOTAL), 1e-15);
    LrSchedule usual = schedule("one_cycle").of(1, 10);
    assertEquals(LrSchedule.oneCycle(1).at(17, TOTAL), usual.at(17, TOTAL));
  }

  @ParameterizedTest
  @CsvSource({
    "constant warmup=2, must be a share of all steps",
    "cosine min=-1, must be 0 or more",
    "step every=0, must be 1 or more",
    "one_cycle warmup=-0.1, must be a share of all steps"
  })
  void nonsenseIsRefused(String text, String said) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> schedule(text)).getMessage();
    assertTrue(message.contains(said), message);
  }
}
