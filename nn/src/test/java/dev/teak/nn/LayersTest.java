package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayersTest {
  private static final float CLOSE = 2e-6f; // a few float32 roundings of values near 1

  private static RandomStream random() {
    return new RandomStream(7, "init");
  }

  @Test
  void linearIsXTimesTheTransposedWeightPlusBias() {
    Module linear = new Linear(2, 3, random());
    linear.loadStateDict(
        Map.of(
            "weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
            "bias", Tensor.of(new float[] {10, 20, 30}, 3)));
    float[] y = linear.forward(Tensor.of(new float[] {1, -1}, 1, 2)).toFloats();
    assertArrayEquals(new float[] {9, 19, 29}, y);
  }

  @Test
  void convolutionsHaveTheSizesOfTheirFormulas() {
    Tensor x = Tensor.zeros(2, 9, 7, 4);
    assertEquals(
        Shape.of(2, 9, 7, 6), Conv2d.of(4, 6, 3).padding(1).init(random()).forward(x).shape());
    Module strided = Conv2d.of(4, 6, 3).stride(2).padding(1).groups(2).init(random());
    assertEquals(Shape.of(2, 5, 4, 6), strided.forward(x).shape());
    Module up = ConvTranspose2d.of(4, 3, 3).stride(2).padding(1).outputPadding(1).init(random());
    assertEquals(Shape.of(2, 18, 14, 3), up.forward(x).shape());
  }

  @Test
  void groupsMustDivideTheChannels() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Conv2d.of(4, 6, 3).padding(1).groups(3).init(random()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Conv2d.of(4, 6, 3).padding(1).groups(0).init(random()));
  }

  /** Columns 1, 2, 3 and 0, 0, 6: means 2 and 2, biased variances 2/3 and 8, unbiased 1 and 12. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void batchNormInTrainingNormalisesByTheBatch(String device) {
    try (Devices.Use use = Devices.use(device)) {
      Module bn = new BatchNorm(2);
      float[] y = bn.forward(Tensor.of(new float[] {1, 0, 2, 0, 3, 6}, 3, 2)).toFloats();
      double a = 1 / Math.sqrt(2 / 3.0 + 1e-5);
      double b = 1 / Math.sqrt(8 + 1e-5);
      float[] expected = {
        (float) -a, (float) (-2 * b), 0, (float) (-2 * b), (float) a, (float) (4 * b)
      };
      assertArrayEquals(expected, y, CLOSE);
      Map<String, Tensor> state = bn.stateDict();
      assertArrayEquals(new float[] {0.2f, 0.2f}, state.get("running_mean").toFloats(), CLOSE);
      assertArrayEquals(
          new float[] {0.9f + 0.1f, 0.9f + 1.2f}, state.get("running_var").toFloats(), CLOSE);
    }
  }

  @Test
  void batchNormInEvalUsesAndKeepsTheRunningValues() {
    Module bn = new BatchNorm(1);
    bn.loadStateDict(
        Map.of(
            "weight", Tensor.of(new float[] {2}, 1),
            "bias", Tensor.of(new float[] {5}, 1),
            "running_mean", Tensor.of(new float[] {3}, 1),
            "running_var", Tensor.of(new float[] {4}, 1)));
    bn.eval();
    float[] y = bn.forward(Tensor.of(new float[] {3, 7}, 2, 1)).toFloats();
    assertArrayEquals(new float[] {5, 9}, y, 2e-5f); // eps / variance / 2 of 4 is 5e-6
    assertArrayEquals(new float[] {3}, bn.stateDict().get("running_mean").toFloats());
  }

  @Test
  void aTrainingStepDoesNotChangeTheGradientOfAnEarlierEvaluation() {
    Module bn = new BatchNorm(1);
    bn.loadStateDict(
        Map.of(
            "weight", Tensor.of(new float[] {2}, 1),
            "bias", Tensor.of(new float[] {5}, 1),
            "running_mean", Tensor.of(new float[] {3}, 1),
            "running_var", Tensor.of(new float[] {4}, 1)));
    bn.eval();
    Tensor y = bn.forward(Tensor.of(new float[] {3, 7}, 2, 1)).sum();
    bn.train();
    bn.forward(Tensor.of(new float[] {100, 200}, 2, 1)); // moves the running values
    Tensor ofWeight = Autograd.grad(y, bn.namedParameters().get("weight"));
    assertArrayEquals(new float[] {2}, ofWeight.toFloats(), 2e-5f); // (0 + 4) / sqrt(4)
  }

  @Test
  void batchNormOfImagesIsThatOfTheirPixels() {
    Tensor x = random().uniform(Shape.of(2, 3, 2, 4));
    float[] images = new BatchNorm(4).forward(x).toFloats();
    assertArrayEquals(images, new BatchNorm(4).forward(x.reshape(12, 4)).toFloats(), CLOSE);
  }

  @Test
  void batchNormOutlivesTheScopesOfItsSteps() {
    Module bn = new BatchNorm(2);
    for (int i = 0; i < 2; i++) {
      try (Scope scope = Scope.open()) {
        bn.forward(random().uniform(Shape.of(3, 2)));
      }
    }
    assertEquals(2, bn.stateDict().get("running_var").toFloats().length);
  }

  @Test
  void batchNormRefusesToTrainOnOneValue() {
    assertThrows(
        IllegalArgumentException.class, () -> new BatchNorm(2).forward(Tensor.zeros(1, 2)));
  }

  /** 10,000 draws: the share kept is within 4 deviations (0.0046 each) of 0.7. */
  @Test
  void dropoutInTrainingKeepsAShareAndTheMean() {
    float[] y = new Dropout(0.3, random()).forward(Tensor.ones(10_000)).toFloats();
    int kept = 0;
    for (float v : y) {
      assertTrue(v == 0 || Math.abs(v - 1 / 0.7) < 1e-6, "was " + v);
      kept += v == 0 ? 0 : 1;
    }
    assertEquals(0.7, kept / 10_000.0, 0.019);
  }

  @Test
  void dropoutInEvalIsTheIdentity() {
    Module dropout = new Dropout(0.3, random());
    dropout.eval();
    Tensor x = Tensor.ones(4);
    assertSame(x, dropout.forward(x));
    assertThrows(IllegalArgumentException.class, () -> new Dropout(1, random()));
  }

  @Test
  void activationsHaveTheValuesOfTheirFormulas() {
    Tensor x = Tensor.of(new float[] {-2, -0.5f, 0, 1.5f}, 4);
    assertArrayEquals(
        new float[] {-0.2f, -0.05f, 0, 1.5f}, Layers.leakyRelu(0.1).forward(x).toFloats(), CLOSE);
    assertArrayEquals(
        new float[] {(float) Math.expm1(-2), (float) Math.expm1(-0.5), 0, 1.5f},
        Layers.elu().forward(x).toFloats(),
        CLOSE);
    assertArrayEquals(
        new float[] {0.5f * (float) Math.expm1(-2), 0.5f * (float) Math.expm1(-0.5), 0, 1.5f},
        Layers.elu(0.5).forward(x).toFloats(),
        CLOSE);
    // PyTorch's numbers, of both forms.
    assertArrayEquals(
        new float[] {-0.04550026f, -0.15426877f, 0, 1.3997892f},
        Layers.gelu().forward(x).toFloats(),
        CLOSE);
    assertArrayEquals(
        new float[] {-0.04540231f, -0.15428599f, 0, 1.3995715f},
        Layers.gelu("tanh").forward(x).toFloats(),
        CLOSE);
    assertThrows(IllegalArgumentException.class, () -> Layers.gelu("erf").forward(x));
    assertSame(x, Layers.identity().forward(x));
    assertThrows(IllegalArgumentException.class, () -> Layers.leakyRelu(1.5));
  }

  @Test
  void eluDoesNotOverflowForLargeInputs() {
    float[] y = Layers.elu().forward(Tensor.of(new float[] {200, -200}, 2)).toFloats();
    assertArrayEquals(new float[] {200, -1}, y);
  }

  @Test
  void poolsTakeWindowsOfOneImage() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4, 1);
    assertArrayEquals(new float[] {6, 8}, Layers.maxPool2d(2).forward(x).toFloats());
    assertArrayEquals(new float[] {3.5f, 5.5f}, Layers.avgPool2d(2).forward(x).toFloats(), CLOSE);
    assertArrayEquals(new float[] {4.5f}, Layers.globalAvgPool2d().forward(x).toFloats(), CLOSE);
  }

  @Test
  void imagesChangeTheirSize() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4, 1);
    float[] means = Layers.adaptiveAvgPool2d(1, 3).forward(x).toFloats();
    assertArrayEquals(new float[] {3.5f, 4.5f, 5.5f}, means, CLOSE);
    float[] twice = Layers.upsample(2, "nearest").forward(x.rows(0, 1)).toFloats();
    assertArrayEquals(new float[] {1, 1, 2, 2, 3, 3, 4, 4}, Arrays.copyOf(twice, 8));
    Tensor deep = x.reshape(1, 1, 2, 4);
    float[] spread = Layers.pixelShuffle(2).forward(deep).toFloats();
    assertArrayEquals(new float[] {1, 2, 5, 6, 3, 4, 7, 8}, spread);
  }

  @Test
  void normalizeActsByChannel() {
    Module n = Layers.normalize(new double[] {1, 2}, new double[] {2, 4});
    float[] y = n.forward(Tensor.of(new float[] {3, 6, 1, 2}, 2, 1, 1, 2)).toFloats();
    assertArrayEquals(new float[] {1, 1, 0, 0}, y);
    assertThrows(ShapeException.class, () -> n.forward(Tensor.zeros(1, 1, 1, 3)));
    assertThrows(IllegalArgumentException.class, () -> Layers.normalize(0, 0));
  }
}
