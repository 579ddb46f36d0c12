package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.ImageQuality;
import dev.teak.engine.Images;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.SpatialTransform;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.OnBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The part of {@link OpContract} about images: batches, extents of 0 and 1, and any sizes. */
public interface ImageOpContract extends OnBackend {
  private static Map<String, UnaryOperator<Tensor>> functions() {
    Map<String, UnaryOperator<Tensor>> f = new LinkedHashMap<>();
    int[] size = {5, 17};
    f.put("nearest", x -> Images.interpolate(x, size, "nearest"));
    f.put("bilinear", x -> Images.interpolate(x, size, "bilinear"));
    f.put("antialias", x -> Images.interpolate(x, size, "bilinear", false, true));
    f.put("bicubic", x -> Images.interpolate(x, size, "bicubic", true, false));
    f.put("adaptive", x -> Images.adaptiveAvgPool2d(x, 3, 2));
    f.put("pad", x -> Images.pad(x, 1, 3, 2, -1, "replicate"));
    f.put("blur", x -> Images.gaussianBlur(Images.pad(x, 1, 1, 1, 1, "replicate"), 3, 0.8));
    f.put("shuffle", x -> Images.pixelUnshuffle(Images.pad(x, 0, 5, 0, 7, "constant"), 1));
    f.put("sample", x -> SpatialTransform.gridSample(x, grid(x)));
    return f;
  }

  /** Places that depend on the image. */
  private static Tensor grid(Tensor x) {
    int n = x.shape().dim(0);
    double[] turned = {0.7, -0.5, 0.2, 0.6, 0.9, -0.1};
    Tensor theta = Tensor.of(turned, 1, 2, 3).broadcastTo(Shape.of(n, 2, 3));
    Tensor grid = SpatialTransform.affineGrid(theta, Shape.of(n, 4, 5, 1), false);
    return grid.add(x.sumKeepDims(1, 2, 3).mul(0.01));
  }

  /** What a function gives, and the gradient in its input. */
  private static List<Tensor> run(UnaryOperator<Tensor> f, Tensor x) {
    Tensor leaf = x.detach().requiresGrad(true);
    Tensor y = f.apply(leaf);
    return new ArrayList<>(List.of(y, Autograd.grad(y.square().sum(), leaf)));
  }

  @Example
  default void anImagesPixelsDoNotDependOnItsBatch() {
    Map<String, UnaryOperator<Tensor>> works = functions();
    works.put("ssim", x -> ImageQuality.ssim(x, x.square(), 1));
    works.put("psnr", x -> ImageQuality.psnr(x, x.square(), 1));
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = new RandomStream(3, "images").uniform(Shape.of(9, 13, 11, 3));
      works.forEach(
          (name, f) -> {
            List<Tensor> all = run(f, x);
            List<Tensor> some = run(f, x.rows(4, 6));
            for (int i = 0; i < 2; i++) {
              assertArrayEquals(
                  all.get(i).rows(4, 6).toFloats(), some.get(i).toFloats(), name + " " + i);
            }
          });
    }
  }

  @Example
  default void noImagesNoChannelsAndOnePixelAreAsOnTheReference() {
    for (int[] dims : new int[][] {{0, 4, 3, 2}, {2, 4, 3, 0}, {2, 1, 1, 3}, {1, 1, 4, 1}}) {
      functions()
          .forEach(
              (name, f) -> {
                try (Scope scope = Scope.open()) {
                  boolean cut = dims[1] == 1 && name.equals("pad");
                  UnaryOperator<Tensor> work =
                      cut ? x -> Images.pad(x, 1, 1, 2, 1, "replicate") : f;
                  List<Tensor> expected = ofOnes("reference", work, dims);
                  List<Tensor> actual;
                  try (Devices.Use use = Devices.use(backend())) {
                    actual = run(work, Tensor.ones(dims));
                  }
                  for (int i = 0; i < 2; i++) {
                    assertEquals(expected.get(i).shape(), actual.get(i).shape(), name);
                    double[] e = expected.get(i).toDoubles();
                    // Sums of at most some 20 x 20 products of size 1.
                    assertArrayEquals(e, actual.get(i).toDoubles(), 1e-4, name);
                  }
                }
              });
    }
  }

  private static List<Tensor> ofOnes(String device, UnaryOperator<Tensor> f, int... dims) {
    try (Devices.Use use = Devices.use(device)) {
      return run(f, Tensor.ones(dims));
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  default void everyCallWorksOrIsRefusedWhateverItsExtents(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] d = random.ints(4, 0, 5).toArray();
    int[] any = new int[4];
    Arrays.setAll(
        any,
        i -> {
          int huge = random.nextInt(2) == 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE;
          return random.nextInt(4) == 0 ? huge : random.nextInt(7) - 2;
        });
    try (Devices.Use use = Devices.use(backend());
        Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(d);
      int[] size = {any[0] % 50, any[1] % 50};
      double[] factors = {size[0] * 0.7, size[1] * 0.3};
      List<Supplier<Tensor>> calls =
          List.of(
              () -> Images.interpolate(x, size, "bilinear"),
              () -> Images.interpolate(x, factors, "area", false, false, false),
              () -> Images.adaptiveAvgPool2d(x, any[0] % 50, any[1] % 50),
              () -> Images.pad(x, any[0], any[1], any[2], any[3], "reflect"),
              () -> Images.pad(x, any[0], any[1], any[2], any[3], "circular"),
              () -> Images.gaussianBlur(x, any[0], 1),
              () -> Images.pixelShuffle(x, any[0]),
              () -> Images.spaceToDepth(x, any[1]),
              () -> SpatialTransform.gridSample(x, Tensor.ones(d[0], 2, d[1], 2)));
      for (Supplier<Tensor> call : calls) {
        try {
          call.get().sum().item();
        } catch (IllegalArgumentException refused) {
          assertTrue(refused.getMessage().length() > 10, refused.getMessage());
        }
      }
    }
  }
}
