package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The logits of an image, and the gradient of its loss, are the same bits whichever other images
 * are asked with it.
 */
class BatchIndependenceTest {
  /** Sizes of batches that the images are asked in. */
  private static final int[] SIZES = {1, 2, 7, 8, 13, 14, 100};

  static Stream<Arguments> models() {
    return Stream.of("java-vector", "java-scalar", "opencl")
        .flatMap(
            device ->
                Stream.of(
                    Arguments.of(device, "mlp", 28, 1, 128),
                    Arguments.of(device, "cnn", 28, 1, 128),
                    Arguments.of(device, "resnet18", 8, 3, 16),
                    Arguments.of(device, "ensemble model=mlp members=3", 28, 1, 128),
                    Arguments.of(device, "ensemble members=2 combine=mean_logit", 28, 1, 128),
                    Arguments.of(device, "ensemble model=mlp members=10 combine=vote", 8, 3, 128)));
  }

  private static Backend open(String device) {
    return switch (device) {
      case "java-vector" -> JavaVectorAttackTest.device();
      case "java-scalar" -> JavaBackend.scalar();
      default -> OpenClAttackTest.device();
    };
  }

  @ParameterizedTest
  @MethodSource("models")
  void anImagesAnswerDoesNotDependOnItsBatch(
      String device, String name, int side, int channels, int n) {
    try (Devices.Use use = Devices.use(open(device));
        Scope scope = Scope.open()) {
      Shape image = Shape.of(side, side, channels);
      Module model = Models.parse(name).build(image, 10, new RandomStream(1, "init"));
      model.eval();
      Tensor x = new RandomStream(2, "images").uniform(Shape.of(n, side, side, channels), 0, 1);
      int[] labels = new int[n];
      Arrays.setAll(labels, i -> i % 10);
      float[][] whole = answers(model, x, labels);
      for (int size : SIZES) {
        check(model, x, labels, whole, 0, Math.min(n, size));
        check(model, x, labels, whole, n - (n - 1) % size - 1, n); // what is left at the end
      }
    }
  }

  private static void check(
      Module model, Tensor x, int[] labels, float[][] whole, int from, int to) {
    float[][] part = answers(model, x.rows(from, to), Arrays.copyOfRange(labels, from, to));
    for (int i = 0; i < part.length; i++) {
      int step = whole[i].length / labels.length;
      float[] expected = Arrays.copyOfRange(whole[i], from * step, to * step);
      String what = i == 0 ? "logits of " : "gradients of ";
      assertArrayEquals(expected, part[i], what + from + ".." + to + " of " + labels.length);
    }
  }

  /** Logits, and gradients of the loss, of all images. */
  private static float[][] answers(Module model, Tensor x, int... labels) {
    try (Scope scope = Scope.open()) {
      Tensor of = Tensor.ofInts(labels, labels.length);
      Victim.Gradients found =
          Victim.of(model).gradients(x, z -> Losses.crossEntropy(z, of, Losses.Reduction.NONE));
      float[] logits = Victim.of(model).logits(x).toFloats();
      assertArrayEquals(logits, found.logits().toFloats(), "logits with and without gradients");
      return new float[][] {logits, found.gradient().toFloats()};
    }
  }
}
