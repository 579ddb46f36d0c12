package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Losses;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.OnBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The part of {@link OpContract} about sizes that no tensor has, and tensors that have no size. */
public interface SizesContract extends OnBackend {
  int HUGE = Integer.MAX_VALUE;
  int HALF = 1 << 30;

  private void refuses(String number, Supplier<Tensor> call) {
    String message = assertThrows(ShapeException.class, call::get).getMessage();
    assertTrue(message.contains(number), () -> number + " in: " + message);
  }

  private static Tensor transposed(Tensor x, Tensor w, int stride, int padding, int dilation) {
    return Functional.convTranspose2d(x, w, null, stride, padding, 0, 1, dilation);
  }

  @Example
  default void sizesThatOverflowAreRefusedWithTheirNumbers() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(1, 5, 5, 1);
      Tensor w = Tensor.ones(1, 3, 3, 1);
      Tensor wide = Tensor.ones(1, 5, 5, 1);
      refuses("2147483647", () -> Functional.conv2d(x, w, null, 1, 0, HUGE, 1));
      refuses("1073741824", () -> Functional.conv2d(x, wide, null, 1, 0, HALF, 1));
      refuses("2147483647", () -> Functional.conv2d(x, w, null, 1, HUGE, 1, 1));
      refuses("100000", () -> Functional.conv2d(x, w, null, 100_000, 100_000, 1, 1));
      refuses("2147483647", () -> Functional.conv2d(x, w, null, 1, 0, 1, HUGE));
      refuses("4294967299", () -> transposed(x, w, HALF, 0, 1));
      refuses("4294967303", () -> transposed(x, w, HALF + 1, 0, 1));
      refuses("4294967299", () -> transposed(x, w, 1, 0, HUGE));
      refuses("4294967301", () -> transposed(x, wide, 1, 0, HALF));
      Tensor one = Tensor.ones(1);
      refuses("2147483647", () -> one.slice(new int[] {HUGE}, Shape.of(1)));
      refuses("4294967295", () -> one.pad(new int[] {HUGE}, new int[] {HUGE}, 0));
      refuses("2147483647", () -> one.reshape(HUGE, HUGE, HUGE, -1));
      refuses("-2147483648", () -> one.rows(1, Integer.MIN_VALUE + 1));
      refuses("2147483647", () -> Functional.oneHot(Tensor.ofInts(new int[] {1, 2}, 2), HUGE));
      refuses("65536", () -> Tensor.zeros(0, 65_536, 65_536));
    }
  }

  /** A stride beyond the image is one step, whatever its size. */
  @Example
  default void aStrideBeyondTheImageTakesOneWindow() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(1, 5, 5, 1).requiresGrad(true);
      Tensor w = Tensor.ones(1, 3, 3, 1).requiresGrad(true);
      for (int stride : new int[] {5, 1000, HALF, HUGE}) {
        Tensor y = Functional.conv2d(x, w, null, stride, 1, 1, 1);
        assertArrayEquals(new double[] {4}, y.toDoubles());
        List<Tensor> g = Autograd.grad(y.sum(), List.of(x, w), Autograd.Options.PLAIN);
        assertEquals(4, g.get(0).sum().item());
        assertEquals(4, g.get(1).sum().item());
        Tensor pooled = Functional.maxPool2d(x, 3, stride, 1);
        assertArrayEquals(new double[] {1}, pooled.toDoubles());
        Tensor mean = Functional.avgPool2d(x, 2, stride, 0);
        assertEquals(1, Autograd.grad(mean.sum(), x).sum().item(), 1e-6);
      }
    }
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  default void everyCallWorksOrIsRefusedWhateverItsSizes(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      int[] d = random.ints(8, 0, 6).toArray();
      int[] any = new int[8];
      Arrays.setAll(any, i -> random.nextInt(3) == 0 ? huge(random) : random.nextInt(4) - 1);
      Tensor x = Tensor.ones(d[0], d[1], d[2], d[3]);
      Tensor w = Tensor.ones(d[4], d[5], d[6], d[3]);
      Tensor back = Tensor.ones(d[0], d[1], d[2], d[4]);
      Tensor row = Tensor.ones(3);
      List<Supplier<Tensor>> calls =
          List.of(
              () -> Functional.conv2d(x, w, null, any[0], any[1], any[2], any[3]),
              () ->
                  Functional.convTranspose2d(back, w, null, any[0], any[1], any[4], any[3], any[2]),
              () -> Functional.maxPool2d(x, any[0], any[1], any[2]),
              () -> Functional.avgPool2d(x, any[0], any[1], any[2]),
              () -> row.slice(new int[] {any[0]}, Shape.of(any[1])),
              () -> row.pad(new int[] {any[0]}, new int[] {HUGE}, 0),
              () -> row.reshape(any[0], any[1], any[2]),
              () -> row.rows(any[0], any[1]),
              () -> Functional.oneHot(Tensor.ofInts(new int[] {0, 1}, 2), HUGE - d[0]),
              () -> row.broadcastTo(Shape.of(HUGE - d[0], 3)));
      for (Supplier<Tensor> call : calls) {
        try {
          call.get().sum().item();
        } catch (IllegalArgumentException refused) {
          assertTrue(refused.getMessage().length() > 10, refused.getMessage());
        }
      }
    }
  }

  private static int huge(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> HUGE - random.nextInt(3);
      case 1 -> HALF + random.nextInt(3) - 1;
      case 2 -> Integer.MIN_VALUE + random.nextInt(2);
      default -> 65_535 + random.nextInt(3);
    };
  }

  /** Output and gradients of a function of a tensor of ones. */
  private static List<Tensor> run(Backend device, UnaryOperator<Tensor> f, int... dims) {
    try (Devices.Use use = Devices.use(device)) {
      Tensor x = Tensor.ones(dims).requiresGrad(true);
      Tensor y = f.apply(x);
      List<Tensor> results = new ArrayList<>(List.of(y));
      results.add(Autograd.grad(y.sum(), x));
      return results;
    }
  }

  /** No images, no rows, no columns, no channels, each on its own: as the reference has it. */
  @Example
  default void nothingGivesNothing() {
    for (int[] d : new int[][] {{0, 4, 4, 3}, {2, 4, 4, 0}, {0, 4, 4, 0}}) {
      int c = d[3];
      same(x -> Functional.conv2d(x, Tensor.ones(2, 3, 3, c), Tensor.ones(2), 1, 1, 1, 1), d);
      same(x -> Functional.conv2d(x, Tensor.ones(0, 3, 3, c), Tensor.ones(0), 1, 1, 1, 1), d);
      same(x -> Functional.conv2dRelu(x, Tensor.ones(2, 3, 3, c), null, Sliding.of(2, 1, 1), 1), d);
      same(
          x ->
              Functional.conv2dReluMaxPool2d(
                  x, Tensor.ones(2, 3, 3, c), null, Sliding.of(1, 1, 1), 1, 2),
          d);
      same(x -> transposed(x, Tensor.ones(c, 3, 3, 2), 2, 1, 1), d);
      same(x -> Functional.maxPool2d(x, 2, 2, 0), d);
      same(x -> Functional.avgPool2d(x, 3, 2, 1), d);
      same(x -> x.sum(0, 1, 2), d);
      same(x -> x.sum(1, 3), d);
      same(x -> x.mul(Tensor.ones(c)).add(Tensor.ones(4, 1)), d);
      same(x -> x.permute(0, 3, 1, 2).reshape(d[0], 16 * c), d);
      same(x -> Tensor.concat(3, List.of(x, Tensor.ones(d[0], 4, 4, 2))), d);
      same(x -> x.pad(new int[4], new int[] {0, 1, 0, 2}, 3), d);
      same(x -> x.reshape(d[0] * 16, c).matmul(Tensor.ones(c, 5)), d);
      same(x -> x.gt(0).where(x, Tensor.scalar(0)).clip(0, 1), d);
      same(
          x -> {
            Tensor ones = Tensor.ones(c);
            return Functional.batchNorm(x, ones, ones, ones, ones, null, 1e-5, true);
          },
          d);
      same(x -> Functional.layerNorm(x, Shape.of(4, c), null, Tensor.ones(4, c), 1e-5), d);
      same(x -> Functional.groupNorm(x, 1, Tensor.ones(c), null, 1e-5), d);
      same(x -> Functional.instanceNorm(x, null, null, 1e-5), d);
    }
    same(x -> Functional.layerNorm(x, Shape.of(1), null, null, 1e-5), 2, 3, 1);
    same(x -> Functional.instanceNorm(x, null, null, 1e-5), 2, 1, 1, 3);
    int[] none = {2, 4, 4, 0};
    same(x -> Functional.batchNorm(x, Tensor.ones(0), Tensor.ones(0), null, 1e-5, false).y(), none);
    same(Tensor::softmax, 0, 3);
    same(Tensor::logSoftmax, 0, 3);
    same(x -> Losses.crossEntropy(x, Tensor.ofInts(new int[0], 0), Losses.Reduction.NONE), 0, 3);
    same(x -> Functional.linear(x, Tensor.ones(0, 3), Tensor.ones(0)), 4, 3);
    same(x -> x.max(1), 0, 3);
    same(x -> x.sum(), 0);
  }

  private void same(UnaryOperator<Tensor> f, int... dims) {
    try (Scope scope = Scope.open()) {
      List<Tensor> expected = run(Devices.open("reference"), f, dims);
      List<Tensor> actual = run(backend(), f, dims);
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i).shape(), actual.get(i).shape());
        assertArrayEquals(expected.get(i).toDoubles(), actual.get(i).toDoubles());
      }
    }
  }

  @Example
  default void typesThatDifferAreNamed() {
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      String type = backend().floatType().toString();
      Tensor ints = Tensor.ofInts(new int[] {3}, 1);
      Tensor two = Tensor.ones(2);
      Tensor rows = Tensor.ones(3, 2);
      refuses("INT32", () -> Tensor.concat(0, List.of(two, ints)));
      refuses(type, () -> Tensor.concat(0, List.of(ints, two)));
      refuses("INT32", () -> two.where(two, ints));
      refuses("INT32", () -> ints.where(two, two));
      refuses("INT32", () -> rows.matmul(Tensor.ofInts(new int[] {1, 2}, 2, 1)));
      Tensor gamma = Tensor.ofInts(new int[] {1, 2}, 2);
      refuses("INT32", () -> Functional.batchNorm(rows, gamma, two, null, 1e-5, false).y());
      refuses("INT32", () -> Functional.linear(rows, Tensor.ones(2, 2), gamma));
    }
  }
}
