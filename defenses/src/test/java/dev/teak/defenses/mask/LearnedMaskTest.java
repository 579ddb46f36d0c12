package dev.teak.defenses.mask;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Halves;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LearnedMaskTest {
  /** The probability that a pixel is kept at the start, and its logit. */
  private static final double KEPT = 1 / (1 + Math.exp(-2));

  @Test
  void aSampleIsZeroOrOneWithItsProbability() {
    try (Scope scope = Scope.open();
        TrainingHooks run = Halves.hooks("learned 0", Halves.model(), Halves.IMAGE, 1)) {
      int n = 5000;
      float[] kept =
          run.batch(null, Batch.of(Tensor.ones(n, 4, 4, 1), null), Halves.step(0))
              .images()
              .toFloats();
      double share = 0;
      for (float v : kept) {
        assertTrue(v == 0 || v == 1);
        share += v / kept.length;
      }
      assertEquals(KEPT, share, 4 * Math.sqrt(KEPT * (1 - KEPT) / kept.length));
      assertEquals(16 * KEPT, run.figures().get(LearnedMask.EFFECTIVE_DIMENSION), 1e-4);
    }
  }

  /**
   * The mean gradient of a sample is that of the relaxed variable: the integral over logistic noise
   * of the sigmoid's slope at temperature 2/3, here by the midpoint rule over the quantiles.
   */
  @Test
  void theGradientIsThatOfTheRelaxedVariable() {
    int points = 100_000;
    double expected = 0;
    double square = 0;
    for (int i = 0; i < points; i++) {
      double u = (i + 0.5) / points;
      double s = 1 / (1 + Math.exp(-(2 + Math.log(u / (1 - u))) * 1.5));
      double slope = 10 * 1.5 * s * (1 - s); // 10 logits for a unit of the parameter
      expected += slope / points;
      square += slope * slope / points;
    }
    try (Scope scope = Scope.open();
        TrainingHooks run = Halves.hooks("learned 0", Halves.model(), Halves.IMAGE, 1)) {
      int n = 20_000;
      run.batch(null, Batch.of(Tensor.ones(n, 4, 4, 1), null), Halves.step(0))
          .images()
          .sum()
          .mul(1.0 / n)
          .backward();
      double error = 4.5 * Math.sqrt((square - expected * expected) / n); // the worst of 16
      for (float g : run.parameters().get("0.scores").grad().toFloats()) {
        assertEquals(expected, g, error);
      }
    }
  }

  @Test
  void aPixelHasItsPrice() {
    assertEquals(0.25 * 16 * KEPT, lossOf("learned 0.25") - lossOf("learned 0"), 1e-5);
  }

  private static double lossOf(String text) {
    try (Scope scope = Scope.open();
        TrainingHooks run = Halves.hooks(text, Halves.model(), Halves.IMAGE, 1)) {
      Module model = Halves.model();
      Tensor labels = Tensor.ofInts(new int[] {0, 1}, 2);
      Step first = Halves.step(0);
      Batch batch = run.batch(model, Batch.of(Tensor.ones(2, 4, 4, 1), labels), first);
      return run.objective(Objective.CROSS_ENTROPY).of(model, batch, first).loss().item();
    }
  }

  /** Only the first column says what an image is; the second is noise, the rest is black. */
  private static Examples columns(long seed, int n) {
    float[] pixels = new RandomStream(seed, "columns").uniform(Shape.of(n * 16)).toFloats();
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 2;
      for (int p = 0; p < 16; p++) {
        pixels[i * 16 + p] *= p % 4 == 0 ? 0.4f : p % 4 == 1 ? 1 : 0;
        pixels[i * 16 + p] += p % 4 == 0 ? 0.6f * labels[i] : 0;
      }
    }
    return new Examples(pixels, labels, Halves.IMAGE);
  }

  @Test
  void itKeepsThePixelsThatSayWhatAnImageIs() throws IOException {
    Module model = Halves.model();
    try (Defended defended = Halves.defended("learned 0.02", model, Halves.IMAGE, 1)) {
      TrainingHooks run = defended.hooks();
      Halves.train(model, run, 5e-3, 10, columns(1, 400));
      float[] scores = run.parameters().get("0.scores").toFloats();
      float[] column = new float[4];
      for (int p = 0; p < 16; p++) {
        column[p % 4] += scores[p] / 4;
      }
      assertTrue(column[0] > column[1], "the first column against noise");
      assertTrue(column[1] < 0 && column[2] < 0 && column[3] < 0, "what says nothing goes");
      assertTrue(run.figures().get(LearnedMask.EFFECTIVE_DIMENSION) < 6);
      Module masked = defended.behindMasks().orElseThrow();
      assertTrue(Evaluate.accuracy(masked, columns(3, 100)) >= 0.95);
    }
  }
}
