package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.check.GradCheck;
import dev.teak.engine.check.OpSample;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer's gradient against central differences, in its input and in its parameters. */
class LayerGradientTest {
  private static final double STEP = 1e-5; // near the cube root of double precision's epsilon

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sample(String name, Supplier<Module> layer, int... input) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static RandomStream random() {
    return new RandomStream(11, "sample");
  }

  static Stream<Sample> samples() {
    return Stream.of(
        new Sample("linear", () -> new Linear(3, 2, random()), 4, 3),
        new Sample("conv2d", () -> Conv2d.of(2, 3, 3).padding(1).init(random()), 2, 4, 3, 2),
        new Sample("linear without bias", () -> new Linear(3, 2, false, random()), 4, 3),
        new Sample("multi-head attention", () -> new MultiheadAttention(4, 2, random()), 2, 3, 4),
        new Sample("encoder block", () -> new EncoderBlock(2, 4, 3, random()), 1, 3, 4),
        new Sample(
            "conv2d in groups, strided and dilated",
            () -> Conv2d.of(4, 2, 2).stride(2).padding(1).dilation(2).groups(2).init(random()),
            1,
            5,
            4,
            4),
        new Sample(
            "convTranspose2d",
            () -> ConvTranspose2d.of(2, 3, 3).stride(2).padding(1).outputPadding(1).init(random()),
            1,
            3,
            2,
            2),
        new Sample("batchNorm of rows", () -> new BatchNorm(3), 5, 3),
        new Sample("batchNorm of images", () -> new BatchNorm(2), 2, 2, 2, 2),
        new Sample("batchNorm in eval mode", LayerGradientTest::frozenBatchNorm, 3, 2),
        new Sample("relu", Layers::relu, 3, 4),
        new Sample("leakyRelu", () -> Layers.leakyRelu(0.1), 3, 4),
        new Sample("elu", Layers::elu, 3, 4),
        new Sample("gelu", Layers::gelu, 3, 4),
        new Sample("gelu, tanh form", () -> Layers.gelu("tanh"), 3, 4),
        new Sample("tanh", Layers::tanh, 3, 4),
        new Sample("sigmoid", Layers::sigmoid, 3, 4),
        new Sample("flatten", Layers::flatten, 2, 2, 2, 2),
        new Sample("maxPool2d", () -> Layers.maxPool2d(2), 1, 4, 4, 2),
        new Sample("maxPool2d that overlaps", () -> Layers.maxPool2d(3, 2, 1), 1, 5, 5, 1),
        new Sample("avgPool2d", () -> Layers.avgPool2d(3, 2, 1), 1, 5, 5, 1),
        new Sample("globalAvgPool2d", Layers::globalAvgPool2d, 2, 3, 2, 2),
        new Sample("adaptiveAvgPool2d", () -> Layers.adaptiveAvgPool2d(2, 4), 2, 3, 2, 2),
        new Sample("upsample", () -> Layers.upsample(1.5, "bilinear"), 2, 3, 2, 2),
        new Sample("pixelShuffle", () -> Layers.pixelShuffle(2), 2, 2, 1, 8),
        new Sample(
            "normalize",
            () -> Layers.normalize(new double[] {0.1, 0.2}, new double[] {2, 0.5}),
            2,
            2,
            2,
            2));
  }

  private static Module frozenBatchNorm() {
    Module layer = new BatchNorm(2);
    layer.eval();
    return layer;
  }

  private static OpSample.Input input(Sample sample) {
    double[] x = new RandomStream(5, "x").uniform(Shape.of(sample.input), -1, 1).toDoubles();
    return new OpSample.Input(x, sample.input);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theGradientOfTheInputIsRight(Sample sample) {
    try (Devices.Use use = Devices.use("reference")) {
      Module layer = sample.layer.get();
      GradCheck.Report report =
          GradCheck.check(x -> layer.forward(x.get(0)), input(sample).tensor());
      assertTrue(report.passed(), report::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theGradientOfEveryParameterIsRight(Sample sample) {
    try (Devices.Use use = Devices.use("reference")) {
      Module layer = sample.layer.get();
      Tensor x = input(sample).tensor();
      for (Map.Entry<String, Tensor> p : layer.namedParameters().entrySet()) {
        layer.zeroGrad();
        loss(layer, x).backward();
        double[] analytic = p.getValue().grad().toDoubles();
        for (int i = 0; i < analytic.length; i++) {
          double numeric =
              (shifted(layer, x, p.getValue(), i, STEP) - shifted(layer, x, p.getValue(), i, -STEP))
                  / (2 * STEP);
          double allowed = GradCheck.TOLERANCE * Math.max(1, Math.abs(numeric));
          assertEquals(numeric, analytic[i], allowed, p.getKey() + " element " + i);
        }
      }
    }
  }

  /** Each output with a weight of its own, so that no error can cancel. */
  private static Tensor loss(Module layer, Tensor x) {
    Tensor y = layer.forward(x);
    return y.mul(new RandomStream(9, "weights").uniform(y.shape()).add(0.5)).sum();
  }

  private static double shifted(Module layer, Tensor x, Tensor p, int element, double by) {
    double[] before = p.toDoubles();
    double[] after = before.clone();
    after[element] += by;
    try (Scope scope = Scope.open()) {
      Update.assign(p, Tensor.of(after, p.shape().dims()));
      double value = loss(layer, x).item();
      Update.assign(p, Tensor.of(before, p.shape().dims()));
      return value;
    }
  }
}
