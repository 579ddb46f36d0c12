package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
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
}
