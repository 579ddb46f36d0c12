package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TensorTest {
  private static void assertSays(String part, Executable call) {
    String message = assertThrows(RuntimeException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void shapeErrorsNameTheOpTheShapesAndWhatFits() {
    Tensor x = Tensor.zeros(128, 28, 28, 1);
    Tensor w = Tensor.zeros(32, 3, 3, 3);
    assertSays(
        "conv2d: input [128, 28, 28, 1] has 1 channel, weight [32, 3, 3, 3] expects 3",
        () -> Functional.conv2d(x, w, null, 1, 0, 1, 1));
    assertSays("add: shapes [2, 3] and [2, 4]", () -> Tensor.zeros(2, 3).add(Tensor.zeros(2, 4)));
    assertSays(
        "matmul: [2, 3] has inner extent 3, [4, 5] has 4",
        () -> Tensor.zeros(2, 3).matmul(Tensor.zeros(4, 5)));
    assertSays("reshape: [2, 3] has 6 elements", () -> Tensor.zeros(2, 3).reshape(4, 2));
    assertSays("slice", () -> Tensor.zeros(2, 3).rows(1, 4));
    assertSays("concat", () -> Tensor.concat(0, List.of(Tensor.zeros(2, 3), Tensor.zeros(2, 4))));
    assertSays("axis 2", () -> Tensor.zeros(2, 3).sum(2));
    assertSays("max_pool2d", () -> Functional.maxPool2d(Tensor.zeros(1, 2, 2, 1), 3, 1, 0));
    assertSays("5 values for shape [2, 3]", () -> Tensor.of(new float[5], 2, 3));
  }

  @Test
  void aLabelOutOfRangeIsNamed() {
    Tensor labels = Tensor.ofInts(new int[] {0, 3}, 2);
    assertSays(
        "label 3 of sample 1 is outside 0..2",
        () -> Losses.crossEntropy(Tensor.zeros(2, 3), labels, Losses.Reduction.NONE));
  }

  @Test
  void tensorsOfTwoDevicesDoNotMix() {
    Tensor a = Tensor.zeros(2);
    Tensor b = a.to(Devices.open("reference"));
    assertSays("different devices, java and reference", () -> a.add(b));
    assertEquals(DType.FLOAT64, b.dtype());
  }

  @Test
  void aReleasedTensorSaysSo() {
    Tensor escaped;
    try (Scope scope = Scope.open()) {
      escaped = Tensor.ones(3);
    }
    assertSays("scope.keep", escaped::toFloats);
  }

  @Test
  void whatIsKeptMovesToTheScopeOutside() {
    Tensor kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(Tensor.ones(3));
      }
      assertEquals(3, kept.sum().item());
    }
    assertSays("released", kept::toFloats);
  }

  @Test
  void scopesGiveAllMemoryBack() {
    long before = Devices.current().bytesInUse();
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(64, 64).requiresGrad(true);
      x.matmul(x).reshape(-1).softmax().sum().backward();
      x.zeroGrad();
    }
    assertEquals(before, Devices.current().bytesInUse());
  }

  @Test
  void emptyBatchesFlowThroughANetwork() {
    Tensor x = Tensor.zeros(0, 8, 8, 1);
    Tensor y = Functional.conv2d(x, Tensor.ones(4, 3, 3, 1), Tensor.ones(4), 1, 1, 1, 1).relu();
    Tensor pooled = Functional.maxPool2d(y, 2, 2, 0);
    Tensor logits = Functional.linear(pooled.reshape(0, 64), Tensor.ones(10, 64), Tensor.ones(10));
    assertEquals(Shape.of(0, 10), logits.softmax().shape());
    assertEquals(0, logits.sum().item());
  }

  @Test
  void argMaxTakesTheFirstOfEquals() {
    Tensor x = Tensor.of(new float[] {1, 3, 3, 2, 2, 0}, 2, 3);
    assertArrayEquals(new int[] {1, 0}, x.argMax(1).toInts());
    assertArrayEquals(
        new int[] {1, 0, 0}, Tensor.of(new float[] {1, 3, 3, 2, 2, 0}, 2, 3).argMax(0).toInts());
  }

  @Test
  void randomStreamsGiveTheSameNumbersOnEveryDevice() {
    float[] here = new RandomStream(7, "x").uniform(Shape.of(1001)).toFloats();
    try (Devices.Use use = Devices.use("reference")) {
      assertArrayEquals(here, new RandomStream(7, "x").uniform(Shape.of(1001)).toFloats());
    }
  }

  @Test
  void normalNumbersHaveTheMomentsOfANormal() {
    double[] x = new RandomStream(7, "n").normal(Shape.of(100_000)).toDoubles();
    double mean = 0;
    double square = 0;
    double fourth = 0;
    for (double v : x) {
      mean += v / x.length;
      square += v * v / x.length;
      fourth += v * v * v * v / x.length;
    }
    // Standard errors at n = 1e5: 0.0032, 0.0045, 0.031; four of them each.
    assertEquals(0, mean, 0.013);
    assertEquals(1, square, 0.018);
    assertEquals(3, fourth, 0.124);
  }

  @Test
  void permutationsHoldEveryNumberOnceAndDifferByPosition() {
    RandomStream random = new RandomStream(7, "p");
    int[] first = random.permutation(1000);
    int[] second = random.permutation(1000);
    boolean[] seen = new boolean[1000];
    int same = 0;
    for (int i = 0; i < 1000; i++) {
      seen[first[i]] = true;
      same += first[i] == second[i] ? 1 : 0;
    }
    for (boolean s : seen) {
      assertTrue(s);
    }
    assertTrue(same < 20, "two permutations agree at " + same + " places of 1000");
  }

  @Test
  void unknownDevicesAreNamedWithTheKnownOnes() {
    assertSays("java, reference", () -> Devices.open("cuda"));
  }
}
