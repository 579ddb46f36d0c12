package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.OnBackend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;

/**
 * An image's result, and its gradient, are the same bits whichever others are with it: in batches
 * of any size, at any place of them.
 */
public interface BatchContract extends OnBackend {
  /** Batches that every row of {@code WHOLE} is also computed in: {first, last}. */
  int[][] PARTS = {
    {0, 1}, {1, 2}, {0, 2}, {3, 10}, {2, 10}, {1, 14}, {0, 14}, {14, 128}, {28, 128}, {127, 128}
  };

  int WHOLE = 128;

  /** A function of a batch {@code [N, ...]}, image by image, and the shape of one image. */
  record Work(Shape image, UnaryOperator<Tensor> function) {}

  private static Tensor normal(long seed, int... dims) {
    return new RandomStream(seed, "batch").normal(Shape.of(dims)).mul(0.3);
  }

  private static Work product(int k, int n) {
    Tensor w = normal(1, n, k);
    return new Work(Shape.of(k), x -> x.matmul(w.transpose(0, 1)));
  }

  private static Work conv(
      int size, int c, int k, int kernel, int stride, int padding, int groups) {
    Tensor w = normal(2, k, kernel, kernel, c / groups);
    Tensor b = normal(3, k);
    return new Work(
        Shape.of(size, size, c), x -> Functional.conv2d(x, w, b, stride, padding, 1, groups));
  }

  private static Work pooled(int size, int c, int k, int window) {
    Tensor w = normal(4, k, 3, 3, c);
    Tensor b = normal(5, k);
    return new Work(
        Shape.of(size, size, c),
        x -> Functional.conv2dReluMaxPool2d(x, w, b, Sliding.of(1, 1, 1), 1, window));
  }

  private static Work normalized(int size, int c) {
    return new Work(
        Shape.of(size, size, c),
        x ->
            Functional.conv2dRelu(
                x.sub(normal(6, c)).div(normal(7, c).square().add(1).sqrt()),
                normal(8, c, 1, 1, c),
                normal(9, c),
                Sliding.of(),
                1));
  }

  private static Map<String, Work> works() {
    Map<String, Work> works = new LinkedHashMap<>();
    works.put("product 784x10", product(784, 10));
    works.put("product 37x1", product(37, 1));
    works.put("product 129x33", product(129, 33));
    works.put("product 512x512", product(512, 512));
    works.put("conv 64 to 64 on 4x4", conv(4, 64, 64, 3, 1, 1, 1));
    works.put("conv 128 to 128 on 4x4", conv(4, 128, 128, 3, 1, 1, 1));
    works.put("conv 48 to 64 on 8x8", conv(8, 48, 64, 3, 1, 1, 1));
    works.put("conv 16 to 16 on 7x7", conv(7, 16, 16, 3, 1, 0, 1));
    works.put("conv 3 to 24 on 9x9", conv(9, 3, 24, 3, 1, 1, 1));
    works.put("conv 5x5", conv(9, 8, 16, 5, 1, 2, 1));
    works.put("conv of stride 2", conv(8, 16, 33, 3, 2, 1, 1));
    works.put("conv 1x1 of stride 2", conv(8, 32, 16, 1, 2, 0, 1));
    works.put("stem 7x7 of stride 2", conv(14, 3, 16, 7, 2, 3, 1));
    works.put("depthwise", conv(7, 24, 24, 3, 1, 1, 24));
    works.put("groups", conv(7, 8, 12, 3, 1, 1, 4));
    works.put("pooled first layer", pooled(12, 1, 32, 2));
    works.put("pooled 16 to 32", pooled(8, 16, 32, 2));
    works.put("pooled 32 to 64, windows of 3", pooled(9, 32, 64, 3));
    works.put("normalization and 1x1", normalized(6, 20));
    works.put("softmax", new Work(Shape.of(11), x -> x.softmax()));
    works.put("log-softmax", new Work(Shape.of(1000), x -> x.logSoftmax()));
    works.put("mean of pixels", new Work(Shape.of(7, 7, 37), x -> x.mean(1, 2)));
    works.put("norm of an image", new Work(Shape.of(110, 110, 3), x -> x.square().sum(1, 2, 3)));
    works.put("max of an image", new Work(Shape.of(5, 5, 3), x -> x.max(1, 2, 3)));
    works.put(
        "functions",
        new Work(Shape.of(13), x -> x.tanh().add(x.sigmoid()).mul(x.exp()).add(x.abs().sqrt())));
    works.put("deviation of an image", new Work(Shape.of(9, 9, 3), x -> x.std(1, 2, 3)));
    works.put("running sums", new Work(Shape.of(5, 300), x -> x.cumSum(2)));
    works.put("largest pixels", new Work(Shape.of(90), x -> x.topK(7).values()));
    works.put(
        "rows picked",
        new Work(Shape.of(5, 7), x -> x.indexSelect(1, Tensor.ofInts(new int[] {4, 0, 4}, 3))));
    works.put("max-pooling", new Work(Shape.of(7, 7, 5), x -> Functional.maxPool2d(x, 3, 2, 1)));
    works.put("mean pooling", new Work(Shape.of(7, 7, 5), x -> Functional.avgPool2d(x, 2, 2, 0)));
    works.put(
        "layer norm",
        new Work(Shape.of(5, 37), x -> Functional.layerNorm(x, Shape.of(37), null, null, 1e-5)));
    works.put(
        "group norm", new Work(Shape.of(7, 7, 12), x -> Functional.groupNorm(x, 3, null, null, 1)));
    works.put(
        "instance norm",
        new Work(Shape.of(7, 7, 5), x -> Functional.instanceNorm(x, null, null, 1e-5)));
    return works;
  }

  /** The result of {@code x} and the gradient in it of a weighted sum. */
  private static List<float[]> run(Work work, Tensor x, Tensor weights) {
    Tensor leaf = x.detach().requiresGrad(true);
    Tensor y = work.function.apply(leaf);
    Tensor gradient = Autograd.grad(y.mul(weights).sum(), leaf);
    return List.of(y.toFloats(), gradient.toFloats());
  }

  @Example
  default void anImagesResultDoesNotDependOnItsBatch() {
    try (Devices.Use use = Devices.use(backend());
        Scope all = Scope.open()) {
      works().forEach(BatchContract::check);
    }
  }

  private static void check(String name, Work work) {
    try (Scope scope = Scope.open()) {
      Shape image = work.image;
      int[] dims = new int[image.rank() + 1];
      dims[0] = WHOLE;
      System.arraycopy(image.dims(), 0, dims, 1, image.rank());
      Tensor x = normal(10, dims);
      Tensor y = work.function.apply(x);
      Tensor weights = normal(11, y.shape().dims());
      List<float[]> whole = run(work, x, weights);
      for (int[] part : PARTS) {
        Tensor some = x.rows(part[0], part[1]);
        List<float[]> found = run(work, some, weights.rows(part[0], part[1]));
        for (int i = 0; i < found.size(); i++) {
          int size = whole.get(i).length / WHOLE;
          same(name + (i == 0 ? "" : ", gradient"), part, whole.get(i), found.get(i), size);
        }
      }
    }
  }

  private static void same(String what, int[] part, float[] whole, float[] found, int size) {
    int differ = 0;
    for (int i = 0; i < found.length; i++) {
      boolean same =
          Float.floatToIntBits(found[i]) == Float.floatToIntBits(whole[part[0] * size + i]);
      differ += same ? 0 : 1;
    }
    String where = " of " + found.length + " numbers in images " + part[0] + ".." + part[1];
    assertEquals(0, differ, what + ": differ" + where + " of a batch of " + WHOLE);
  }
}
