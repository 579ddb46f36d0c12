package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluateTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  private static Examples pixels(float... pixels) {
    return new Examples(pixels, new int[pixels.length], Shape.of(1, 1, 1));
  }

  @Test
  void theFirstOfTheLargestLogitsIsPredicted() {
    assertEquals(1, Evaluate.prediction(0, 3, 3, -INF));
    assertEquals(2, Evaluate.prediction(0, 3, INF, INF));
    assertEquals(0, Evaluate.prediction(-INF, -INF));
  }

  @Test
  void aNaNIsNoClassWhereverItStands() {
    assertEquals(Evaluate.NO_CLASS, Evaluate.prediction(NAN, NAN));
    assertEquals(Evaluate.NO_CLASS, Evaluate.prediction(NAN, 1));
    assertEquals(Evaluate.NO_CLASS, Evaluate.prediction(INF, NAN));
  }

  @Test
  void anImageWhoseLogitsAreNaNIsWrong() {
    // log of a pixel: NaN below 0.
    Module net = Layers.of(x -> Tensor.concat(1, List.of(x.log().reshape(-1, 1).add(9), one(x))));
    assertArrayEquals(
        new int[] {0, Evaluate.NO_CLASS, 0, Evaluate.NO_CLASS},
        Evaluate.predictions(net, pixels(1, -1, 2, -2)));
    assertEquals(0.5, Evaluate.accuracy(net, pixels(1, -1, 2, -2)));
    assertEquals(0.5, Evaluate.accuracy(net, pixels(-1, 1)));
  }

  private static Tensor one(Tensor x) {
    return x.reshape(-1, 1).mul(0);
  }

  @Test
  void oneLogitIsAnErrorThatSaysHowToHaveTwo() {
    Module sigmoid = Layers.of(EvaluateTest::one);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Evaluate.accuracy(sigmoid, pixels(1, 2)))
            .getMessage();
    assertTrue(message.contains("[2, 1]"), message);
    assertTrue(message.contains("2 classes or more, as (z, 0)"), message);
  }

  @Test
  void whatHasNoClassIsWrongInEveryMetric() {
    Metrics m = Metrics.of(new int[] {0, 0, 1, 1}, new int[] {0, Evaluate.NO_CLASS, 1, 1}, 2);
    assertEquals(0.75, m.accuracy());
    assertEquals(1, m.macroPrecision());
    assertEquals(0.75, m.macroRecall());
    assertArrayEquals(new int[] {1, 0, 1}, m.confusion()[0]);
    int[] outside = {2};
    assertThrows(IllegalArgumentException.class, () -> Metrics.of(new int[1], outside, 2));
    assertThrows(IllegalArgumentException.class, () -> Metrics.of(outside, new int[1], 2));
  }
}
