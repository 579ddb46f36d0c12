package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Figures are sums of powers of two, so that all is exact. */
class AveragedWeightsTest {
  private static Module model(float weight) {
    Module norm = new BatchNorm(1);
    set(norm, weight);
    return norm;
  }

  private static void set(Module model, float weight) {
    Update.assign(model.stateDict().get("weight"), weight);
    Update.assign(model.stateDict().get("running_mean"), 10 * weight);
  }

  private static double[] state(Map<String, Tensor> state) {
    return new double[] {state.get("weight").item(), state.get("running_mean").item()};
  }

  @Test
  void anExponentialAverageBeginsWithTheFirstWeightsAndHasTheLatestBuffers() {
    Module model = model(100);
    AveragedWeights average = AveragedWeights.ema(model, 0.75);
    for (float w : new float[] {4, 8, 1}) {
      set(model, w);
      average.update();
    }
    assertArrayEquals(new double[] {5 * 0.75 + 0.25, 10}, state(average.state()));
    assertEquals(3, average.count());
  }

  @Test
  void anEqualMeanCountsAllUpdatesAlike() {
    Module model = model(100);
    AveragedWeights average = AveragedWeights.swa(model);
    for (float w : new float[] {4, 8, 6, 2}) {
      set(model, w);
      average.update();
    }
    assertArrayEquals(new double[] {5, 20}, state(average.state()));
  }

  @Test
  void theModelHasTheAveragesWhileTheyAreAppliedAndThenItsOwnWeightsToTheBit() {
    Module model = model(1);
    AveragedWeights average = AveragedWeights.swa(model);
    average.update();
    set(model, Float.MIN_VALUE); // a subnormal, which a multiplication on a device may flush
    try (AveragedWeights.Applied applied = average.apply()) {
      assertArrayEquals(new double[] {1, 10}, state(model.stateDict()));
    }
    assertArrayEquals(
        new double[] {Float.MIN_VALUE, 10 * Float.MIN_VALUE}, state(model.stateDict()));
  }

  @Test
  void itGoesOnFromItsState() {
    Module model = model(4);
    AveragedWeights whole = AveragedWeights.swa(model);
    whole.update();
    AveragedWeights resumed = AveragedWeights.swa(model);
    StateDict.copy("no fit", whole.state(), resumed.state());
    set(model, 8);
    resumed.update();
    assertEquals(6, resumed.state().get("weight").item());
    assertEquals(2, resumed.count());
  }

  @Test
  void aDecayBeyondOneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> AveragedWeights.ema(model(1), 1.1));
  }
}
