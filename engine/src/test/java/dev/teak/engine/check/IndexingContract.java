package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Ranked;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.OnBackend;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Example;

/** The part of {@link OpContract} about indices, whole numbers and parts, at their edges. */
public interface IndexingContract extends OnBackend {
  private void here(Runnable body) {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      body.run();
    }
  }

  private static Tensor ints(int... values) {
    return Tensor.ofInts(values, values.length);
  }

  private static void refuses(String part, Supplier<?> call) {
    String message = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(message.contains(part), () -> part + " in: " + message);
  }

  private static Tensor ramp(int... dims) {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    return Tensor.arange(0, n, 1).reshape(dims);
  }

  @Example
  default void accuracyIsAMeanOfEqualPlaces() {
    here(
        () -> {
          Tensor logits = Tensor.of(new float[] {0, 1, 5, 2, 3, 3, -1, -2}, 4, 2);
          Tensor labels = ints(1, 0, 0, 1);
          assertEquals(0.75, logits.argMax(-1).eq(labels).mean().item());
        });
  }

  @Example
  default void anIndexOutOfRangeIsNamedWithItsPlace() {
    here(
        () -> {
          Tensor x = ramp(2, 3);
          refuses(
              "index_select: index 3 at [1] is outside 0..2", () -> x.indexSelect(1, ints(0, 3)));
          refuses("index -1 at [0]", () -> x.indexSelect(0, ints(-1)));
          Tensor square = Tensor.ofInts(new int[] {0, 2, 1, 0}, 2, 2);
          refuses("gather: index 2 at [0, 1] is outside 0..1", () -> x.gather(0, square));
          Tensor made = square.mul(2); // nobody has seen what is in it
          refuses("gather: index 4 at [0, 1] is outside 0..2", () -> x.gather(1, made));
          refuses("the axis is empty", () -> Tensor.zeros(0, 2).indexSelect(0, ints(0)));
          refuses("one_hot: label 4 at [1]", () -> Functional.oneHot(ints(3, 4), 4));
        });
  }

  @Example
  default void oneHotTakesAnyShapeAndCountsClasses() {
    here(
        () -> {
          Tensor hot = Functional.oneHot(Tensor.ofInts(new int[] {2, 0}, 1, 2), -1);
          assertArrayEquals(new int[] {1, 2, 3}, hot.shape().dims());
          assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0}, hot.toDoubles());
          assertArrayEquals(
              new int[] {2}, Functional.oneHot(Tensor.ofInts(new int[] {1}), 2).shape().dims());
          refuses("-1 and labels", () -> Functional.oneHot(ints(), -1));
        });
  }

  @Example
  default void whatIsScatteredToOnePlaceAddsUp() {
    here(
        () -> {
          Tensor sums =
              Tensor.ones(3).scatterAdd(0, ints(2, 2, 0), Tensor.of(new float[] {1, 2, 4, 8}, 4));
          assertArrayEquals(new double[] {5, 1, 4}, sums.toDoubles());
        });
  }

  @Example
  default void wholeNumbersStayWholeAndExact() {
    here(
        () -> {
          Tensor a = ints(16_777_217, -7, Integer.MAX_VALUE);
          assertArrayEquals(new double[] {0, 1, 0}, a.eq(ints(16_777_216, -7, 0)).toDoubles());
          assertArrayEquals(new int[] {16_777_218, -6, Integer.MIN_VALUE}, a.add(1).toInts());
          assertArrayEquals(new int[] {5_592_405, -3, 715_827_882}, a.floorDivide(3).toInts());
          assertArrayEquals(new int[] {2, 2, 1}, a.remainder(3).toInts());
          assertEquals(DType.INT32, a.mul(ints(1)).dtype());
          assertEquals(backend().floatType(), a.mul(0.5).dtype());
          assertEquals(-3.5, a.div(2).toDoubles()[1]);
          assertArrayEquals(new double[] {0, 1, 0}, a.lt(0.5).toDoubles());
          Tensor chosen = Tensor.of(new float[] {1, 0, 1}, 3).where(a, ints(1, 2, 3));
          assertArrayEquals(new int[] {16_777_217, 2, Integer.MAX_VALUE}, chosen.toInts());
          refuses("divisor 0", () -> a.floorDivide(0));
          refuses("INT32", () -> a.exp());
        });
  }

  @Example
  default void castsCutOffTowardZeroAndStayWithinBounds() {
    here(
        () -> {
          Tensor x = Tensor.of(new double[] {-1.9, 2.9, Double.NaN, 1e20, -1e20, 300}, 6);
          int[] whole = {-1, 2, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, 300};
          assertArrayEquals(whole, x.to(DType.INT32).toInts());
          assertArrayEquals(new int[] {0, 2, 0, 255, 0, 255}, x.to(DType.UINT8).toInts());
          assertEquals(x, x.toFloat());
          DType other = backend().floatType() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
          refuses(other + " asked for", () -> x.to(other));
        });
  }

  @Example
  default void notANumberIsTrue() {
    here(
        () -> {
          Tensor a = Tensor.of(new double[] {0, -0.0, Double.NaN, 3}, 4);
          Tensor b = Tensor.of(new double[] {0, 1, 0, Double.POSITIVE_INFINITY}, 4);
          assertArrayEquals(new double[] {0, 0, 0, 1}, a.logicalAnd(b).toDoubles());
          assertArrayEquals(new double[] {0, 1, 1, 1}, a.logicalOr(b).toDoubles());
          assertArrayEquals(new double[] {0, 1, 1, 0}, a.logicalXor(b).toDoubles());
          assertArrayEquals(new double[] {1, 1, 0, 0}, a.logicalNot().toDoubles());
          assertArrayEquals(new double[] {0, 1, 1, 1}, ints(0, 1, 2, -1).logicalOr(a).toDoubles());
        });
  }

  @Example
  default void equalsKeepTheirOrderAndNotANumberIsLargest() {
    here(
        () -> {
          Tensor x = Tensor.of(new double[] {1, 3, 3, Double.NaN, 2}, 5);
          Ranked top = x.topK(4);
          assertArrayEquals(new int[] {3, 1, 2, 4}, top.indices().toInts());
          assertArrayEquals(new double[] {Double.NaN, 3, 3, 2}, top.values().toDoubles());
          assertArrayEquals(new int[] {0, 4, 1, 2, 3}, x.argSort(0, false).toInts());
          assertEquals(3, x.argMin().toInts()[0]); // as PyTorch: NaN is least, too
          refuses("topk: 6 elements", () -> x.topK(6));
        });
  }

  @Example
  default void slicesEndWhereTheTensorDoes() {
    here(
        () -> {
          Tensor x = ramp(5);
          int end = Integer.MAX_VALUE;
          assertArrayEquals(new double[] {1, 3}, x.slice(0, 1, end, 2).toDoubles());
          assertArrayEquals(
              new double[] {4, 2, 0}, x.slice(0, end, Integer.MIN_VALUE, -2).toDoubles());
          assertArrayEquals(new double[] {3}, x.slice(0, -2, -1, 1).toDoubles());
          assertArrayEquals(new double[] {3}, x.slice(0, 3, end, end).toDoubles());
          assertEquals(0, x.slice(0, 3, 2, 1).shape().size());
          refuses("step 0", () -> x.slice(0, 0, 1, 0));
        });
  }

  @Example
  default void partsAreThoseOfPyTorch() {
    here(
        () -> {
          Tensor x = ramp(2, 5);
          assertEquals(3, x.split(2, 1).size());
          assertArrayEquals(new double[] {4, 9}, x.split(2, 1).get(2).toDoubles());
          assertEquals(3, x.chunk(4, 1).size()); // of two each
          assertEquals(3, Tensor.zeros(2, 0).chunk(3, 1).size());
          refuses("add up to 5", () -> x.split(new int[] {2, 2}, 1));
          Tensor rolled = x.roll(-1, 1);
          assertArrayEquals(new double[] {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, rolled.toDoubles());
          assertArrayEquals(new int[] {3, 2, 10}, x.tile(3, 1, 2).shape().dims());
          assertArrayEquals(new int[] {2, 2, 5}, Tensor.stack(1, List.of(x, x)).shape().dims());
          refuses("unsqueeze: axis 3", () -> x.unsqueeze(3));
        });
  }
}
