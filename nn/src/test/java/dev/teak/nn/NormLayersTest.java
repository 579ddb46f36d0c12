package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Expected numbers are PyTorch's in double precision. */
class NormLayersTest {
  private static final double CLOSE = 1e-12;

  /** torch.nn.GroupNorm(2, 4) of ramp(2, 1, 2, 4), and torch.nn.InstanceNorm2d(4) of it. */
  private static final double[] GROUPS = {
    -1.18321325213558,
    -0.507091393772392,
    1.521274181317175,
    0.169030464590797,
    0.169030464590797,
    1.521274181317175,
    -0.507091393772392,
    -1.18321325213558,
    -0.999997777785185,
    0.999997777785185,
    0.904527455375719,
    0.904527455375719,
    0.999997777785185,
    -0.999997777785185,
    -1.507545758959531,
    -0.301509151791906
  };

  private static final double[] INSTANCES = {
    -0.9999950000375,
    -0.999997777785185,
    0.999997777785185,
    0.9999950000375,
    0.9999950000375,
    0.999997777785185,
    -0.999997777785185,
    -0.9999950000375,
    -0.999997777785185,
    0.999997777785185,
    0.9999950000375,
    0.99998000059998,
    0.999997777785185,
    -0.999997777785185,
    -0.9999950000375,
    -0.99998000059998
  };

  private static Tensor ramp(int... dims) {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = i * i % 7;
    }
    return Tensor.of(values, dims);
  }

  @Test
  void layerNormHasPyTorchsNamesAndScalesEachRow() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = new LayerNorm(3);
      assertEquals(Set.of("weight", "bias"), norm.stateDict().keySet());
      norm.loadStateDict(
          Map.of(
              "weight", Tensor.of(new double[] {1, 2, 3}, 3),
              "bias", Tensor.of(new double[] {0, 0, 1}, 3)));
      double a = Math.sqrt(2 / 3.0 + 1e-5);
      double[] y = norm.forward(Tensor.of(new double[] {1, 2, 3, 5, 5, 5}, 2, 3)).toDoubles();
      assertArrayEquals(new double[] {-1 / a, 0, 3 / a + 1, 0, 0, 1}, y, CLOSE);
    }
  }

  @Test
  void epsIsASettingAndSoIsHavingAWeight() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = LayerNorm.of(2).eps(3).affine(false).init();
      assertTrue(norm.stateDict().isEmpty());
      double[] y = norm.forward(Tensor.of(new double[] {-1, 1}, 1, 2)).toDoubles();
      assertArrayEquals(new double[] {-0.5, 0.5}, y, CLOSE);
      assertThrows(IllegalArgumentException.class, () -> LayerNorm.of(2).eps(-1));
      assertThrows(IllegalArgumentException.class, () -> GroupNorm.of(2, 2).eps(Double.NaN));
    }
  }

  @Test
  void groupNormTakesNeighboringChannelsOfAnImageTogether() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = GroupNorm.of(2, 4).init();
      double[] y = norm.forward(ramp(2, 1, 2, 4)).toDoubles();
      assertArrayEquals(GROUPS, y, CLOSE);
      assertThrows(IllegalArgumentException.class, () -> GroupNorm.of(3, 4));
    }
  }

  @Test
  void instanceNormTakesEachChannelOfAnImageAloneAndHasNoWeight() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = GroupNorm.instance(4).init();
      assertTrue(norm.stateDict().isEmpty());
      assertArrayEquals(INSTANCES, norm.forward(ramp(2, 1, 2, 4)).toDoubles(), CLOSE);
    }
  }

  @Test
  void aBatchNormWithoutMomentumKeepsTheMeanOverAllBatches() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = BatchNorm.of(1).momentum(null).affine(false).init();
      double[][] batches = {{1, 3}, {5, 9}, {0, 0}};
      for (double[] batch : batches) {
        norm.forward(Tensor.of(batch, 2, 1));
      }
      Map<String, Tensor> state = norm.stateDict();
      assertEquals(Set.of("running_mean", "running_var", "num_batches_tracked"), state.keySet());
      assertEquals(3, state.get("running_mean").item(), CLOSE);
      assertEquals(10 / 3.0, state.get("running_var").item(), CLOSE);
      assertEquals(3, state.get("num_batches_tracked").item());
    }
  }

  @Test
  void theCounterOfAFileIsTakenWhereItCounts() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = BatchNorm.of(1).momentum(null).affine(false).init();
      norm.loadStateDict(
          Map.of(
              "running_mean", Tensor.zeros(1),
              "running_var", Tensor.ones(1),
              "num_batches_tracked", Tensor.ofInts(new int[] {3})));
      norm.forward(Tensor.of(new double[] {3, 5}, 2, 1));
      assertEquals(1, norm.stateDict().get("running_mean").item(), CLOSE);
    }
  }

  @Test
  void aBatchNormWithoutRunningStatisticsUsesTheBatchInEvalToo() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = BatchNorm.of(1).eps(3).affine(false).trackRunningStats(false).init();
      assertTrue(norm.stateDict().isEmpty());
      norm.eval();
      double[] y = norm.forward(Tensor.of(new double[] {1, 3}, 2, 1)).toDoubles();
      assertArrayEquals(new double[] {-0.5, 0.5}, y, CLOSE);
      assertThrows(IllegalArgumentException.class, () -> BatchNorm.of(1).momentum(1.5));
    }
  }

  @Test
  void recalibrationTakesTheMeanOverTheBatchesAndLeavesModesAlone() {
    try (Devices.Use use = Devices.use("reference")) {
      Module norm = new BatchNorm(1);
      Module model = new Sequential(norm, new BatchNorm(1));
      norm.forward(Tensor.of(new double[] {Double.NaN, 3}, 2, 1));
      model.eval();
      Tensor first = Tensor.of(new double[] {1, 3}, 2, 1);
      Tensor second = Tensor.of(new double[] {5, 9}, 2, 1);
      BatchNorm.recalibrate(model, List.of(first, second));
      assertEquals(4.5, norm.stateDict().get("running_mean").item(), CLOSE);
      assertEquals(5, norm.stateDict().get("running_var").item(), CLOSE);
      assertFalse(norm.isTraining());
      norm.train();
      norm.forward(second);
      double momentum = 0.9 * 4.5 + 0.1 * 7;
      assertEquals(momentum, norm.stateDict().get("running_mean").item(), CLOSE);
      assertThrows(IllegalArgumentException.class, () -> BatchNorm.recalibrate(model, List.of()));
    }
  }

  @Test
  void dropout2dDropsWholeChannelsOfAnImage() {
    Module drop = new Dropout2d(0.5, new RandomStream(1, "drop"));
    float[] y = drop.forward(Tensor.ones(40, 3, 2)).toFloats();
    int dropped = 0;
    for (int i = 0; i < y.length; i++) {
      int first = i / 6 * 6 + i % 2;
      assertEquals(y[first], y[i]);
      assertTrue(y[i] == 0 || y[i] == 2);
      dropped += y[i] == 0 ? 1 : 0;
    }
    assertTrue(dropped > 60 && dropped < 180, "of 240: " + dropped); // 5 deviations of 80 draws
    drop.eval();
    assertEquals(40 * 6, drop.forward(Tensor.ones(40, 3, 2)).sum().item());
  }

  @Test
  void stochasticDepthDropsImagesOrTheWholeBatch() {
    Module rows = new StochasticDepth(0.5, "row", new RandomStream(1, "drop"));
    float[] y = rows.forward(Tensor.ones(40, 3)).toFloats();
    Set<Float> found = new HashSet<>();
    for (int i = 0; i < y.length; i++) {
      assertEquals(y[i / 3 * 3], y[i]);
      found.add(y[i]);
    }
    assertEquals(Set.of(0f, 2f), found);
    Module batch = new StochasticDepth(0.5, "batch", new RandomStream(1, "drop"));
    Set<Double> sums = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      sums.add(batch.forward(Tensor.ones(40, 3)).sum().item());
    }
    assertEquals(Set.of(0.0, 240.0), sums);
    assertThrows(
        IllegalArgumentException.class,
        () -> new StochasticDepth(0.5, "rows", new RandomStream(1, "drop")));
  }

  @Test
  void preluLearnsItsSlope() {
    Module prelu = new PRelu();
    float[] y = prelu.forward(Tensor.of(new float[] {-2, 4}, 1, 2)).toFloats();
    assertArrayEquals(new float[] {-0.5f, 4}, y);
    assertEquals(Set.of("weight"), prelu.namedParameters().keySet());
  }
}
