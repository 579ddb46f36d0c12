package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the loss sum over all weights of w^4 / 4, whose gradient is w^3. */
class PerturbedWeightsTest {
  private static final double LR = 0.125;

  private static Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("weight", Tensor.of(new double[] {1, -2}, 1, 2).requiresGrad(true));
    all.put("bias", Tensor.of(new double[] {0.5}, 1).requiresGrad(true));
    all.put("frozen", Tensor.of(new double[] {3}, 1, 1));
    return all;
  }

  private static Supplier<Tensor> loss(Map<String, Tensor> parameters) {
    return () -> {
      Tensor sum = Tensor.scalar(0);
      for (Tensor p : parameters.values()) {
        sum = sum.add(p.square().square().sum().div(4));
      }
      return sum;
    };
  }

  private static void check(
      BiFunction<Optimizer, Double, PerturbedWeights> wrapper,
      double size,
      double[] weightThere,
      double biasThere) {
    try (Devices.Use use = Devices.use("reference")) {
      Map<String, Tensor> p = parameters();
      PerturbedWeights wrapped = wrapper.apply(new Sgd(p, LR), size);
      assertEquals((1 + 16 + 0.0625 + 81) / 4, wrapped.step(loss(p)), 1e-15);
      double[] expected = {
        1 - LR * Math.pow(weightThere[0], 3), -2 - LR * Math.pow(weightThere[1], 3)
      };
      assertArrayEquals(expected, p.get("weight").toDoubles(), 1e-13);
      assertEquals(0.5 - LR * Math.pow(biasThere, 3), p.get("bias").item(), 1e-14);
      assertEquals(3, p.get("frozen").item());
    }
  }

  @Test
  void sharpnessAwareStepsTakeTheGradientFromADistanceAlongIt() {
    double far = 0.25 / Math.sqrt(1 + 64 + 0.125 * 0.125);
    check(
        PerturbedWeights::sharpnessAware,
        0.25,
        new double[] {1 + far, -2 - 8 * far},
        0.5 + far / 8);
  }

  @Test
  void adversarialWeightsGoAShareOfTheirOwnLengthAndBiasesStay() {
    double far = 0.25 * Math.sqrt(5) / Math.sqrt(65);
    check(PerturbedWeights::adversarial, 0.25, new double[] {1 + far, -2 - 8 * far}, 0.5);
  }

  private static PerturbedWeights wrapped(String kind, Optimizer optimizer) {
    return kind.equals("sam")
        ? PerturbedWeights.sharpnessAware(optimizer, 0.05)
        : PerturbedWeights.adversarial(optimizer, 0.01);
  }

  private static double[] large(Map<String, Tensor> p) {
    return p.get("large").toDoubles();
  }

  /** A learning rate of 0 leaves the step nothing to do: what is left is the way there and back. */
  @ParameterizedTest
  @ValueSource(strings = {"sam", "awp"})
  void weightsComeBackToTheBit(String kind) {
    Map<String, Tensor> p = parameters();
    Tensor large = new RandomStream(1, "w").normal(Shape.of(20, 30)).mul(1e-3);
    p.put("large", large.detach().requiresGrad(true));
    double[] before = large(p);
    List<double[]> seen = new ArrayList<>();
    wrapped(kind, new Sgd(p, 0))
        .step(
            () -> {
              seen.add(large(p));
              return loss(p).get();
            });
    assertArrayEquals(before, seen.get(0), 0);
    assertTrue(!Arrays.equals(before, seen.get(1)), "the weights were not moved");
    assertArrayEquals(before, large(p), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sam", "awp"})
  void aLossThatThrowsLeavesTheWeightsWhereTheyWere(String kind) {
    Map<String, Tensor> p = parameters();
    int[] calls = {0};
    Supplier<Tensor> failing =
        () -> {
          if (++calls[0] == 2) {
            throw new IllegalStateException("second call");
          }
          return loss(p).get();
        };
    PerturbedWeights wrapped = wrapped(kind, new Sgd(p, 1));
    assertThrows(IllegalStateException.class, () -> wrapped.step(failing));
    assertArrayEquals(new double[] {1, -2}, p.get("weight").toDoubles(), 0);
    assertEquals(0.5, p.get("bias").item());
  }

  /** At a minimum there is no direction, and nothing is divided by zero. */
  @ParameterizedTest
  @ValueSource(strings = {"sam", "awp"})
  void aGradientOfZeroMovesNothing(String kind) {
    Map<String, Tensor> p = Map.of("w", Tensor.zeros(2, 2).requiresGrad(true));
    wrapped(kind, new Sgd(p, 1)).step(loss(p));
    assertArrayEquals(new double[4], p.get("w").toDoubles(), 0);
  }
}
