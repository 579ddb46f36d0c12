package dev.teak.defenses.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Halves;
import dev.teak.engine.Autograd;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.Models;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientManipulationTest {
  private static final Shape IMAGE = Shape.of(8, 8, 1);

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static float[] changed(GradientManipulation manipulation, float... gradient) {
    return changed(manipulation, Tensor.of(gradient, gradient.length));
  }

  private static float[] changed(GradientManipulation manipulation, Tensor gradient) {
    RandomStream random = new RandomStream(1, "test");
    return manipulation.rule().apply(List.of(gradient), random).get(0).toFloats();
  }

  @Test
  void elementsAreClipped() {
    assertArrayEquals(
        new float[] {-0.5f, -0.2f, 0, 0.5f},
        changed(GradientManipulation.clipValue(0.5), -3, -0.2f, 0, 0.5f));
  }

  @Test
  void theNormOfAllTogetherIsClipped() {
    List<Tensor> two = List.of(Tensor.of(new double[] {3, 0}, 2), Tensor.of(new double[] {-4}, 1));
    List<Tensor> clipped =
        GradientManipulation.clipNorm(1).rule().apply(two, new RandomStream(1, "test"));
    assertArrayEquals(new float[] {0.6f, 0}, clipped.get(0).toFloats(), 1e-6f);
    assertArrayEquals(new float[] {-0.8f}, clipped.get(1).toFloats(), 1e-6f);
    assertArrayEquals(new float[] {3, -4}, changed(GradientManipulation.clipNorm(6), 3, -4));
    assertArrayEquals(new float[] {0, 0}, changed(GradientManipulation.clipNorm(1), 0, 0));
  }

  @Test
  void theSmallestGoToZero() {
    assertArrayEquals(
        new float[] {0, -0.3f, 0, 4, -5},
        changed(GradientManipulation.zero(0.4), 0.1f, -0.3f, -0.2f, 4, -5),
        Float.MIN_VALUE); // as 0 and -0 are the same
    assertArrayEquals(
        new float[] {0.1f, -0.3f}, changed(GradientManipulation.zero(0.4), 0.1f, -0.3f)); // of 0.8
    assertArrayEquals(
        new float[] {0, 0, 2},
        changed(GradientManipulation.zero(0.4), 1, -1, 2),
        Float.MIN_VALUE,
        "ties go too");
  }

  @Test
  void signsAndLevels() {
    assertArrayEquals(new float[] {-1, 0, 1}, changed(GradientManipulation.sign(), -3, 0, 0.1f));
    assertArrayEquals(
        new float[] {-4, 0, 1, 3},
        changed(GradientManipulation.quantise(4), -4, 0.4f, 0.7f, 3.2f),
        1e-6f);
    assertArrayEquals(new float[] {0, 0}, changed(GradientManipulation.quantise(4), 0, 0));
  }

  @Test
  void noiseHasItsDeviationAndNoMean() {
    int n = 40_000;
    float[] noise = changed(GradientManipulation.noise(0.5), Tensor.ones(n));
    double mean = 0;
    double square = 0;
    for (float v : noise) {
      mean += (v - 1.0) / n;
      square += (v - 1.0) * (v - 1.0) / n;
    }
    assertEquals(0, mean, 4 * 0.5 / Math.sqrt(n));
    assertEquals(0.25, square, 4 * 0.25 * Math.sqrt(2.0 / n));
  }

  @Test
  void smoothingTakesMeansOverHeightAndWidth() {
    Tensor spike = Tensor.zeros(1, 4, 4, 2).add(0);
    float[] values = spike.toFloats();
    values[2 * (4 + 1)] = 9; // row 1, column 1, channel 0
    float[] smooth = changed(GradientManipulation.smooth(3), Tensor.of(values, 1, 4, 4, 2));
    for (int i = 0; i < smooth.length; i++) {
      boolean near = i % 2 == 0 && i / 8 <= 2 && i / 2 % 4 <= 2;
      assertEquals(near ? 1 : 0, smooth[i], 1e-6f);
    }
    assertArrayEquals(new float[] {1, 2}, changed(GradientManipulation.smooth(3), 1, 2));
  }

  private static Module cnn() {
    return Models.parse("cnn").build(IMAGE, 3, new RandomStream(1, "init"));
  }

  private static Tensor images() {
    return new RandomStream(1, "x").uniform(Shape.of(6, 8, 8, 1));
  }

  private static Tensor labels() {
    return Tensor.ofInts(new int[] {0, 1, 2, 0, 1, 2}, 6);
  }

  /** The gradients of a training step, as the optimizer sees them. */
  private static List<float[]> gradients(Module model, TrainingHooks hooks, long number) {
    Step step = Halves.step(number);
    Batch batch = hooks.batch(model, Batch.of(images(), labels()), step);
    model.zeroGrad();
    hooks.objective(Objective.CROSS_ENTROPY).of(model, batch, step).loss().backward();
    hooks.gradients(model, step);
    return model.parameters().stream().map(p -> p.grad().toFloats()).toList();
  }

  private static List<float[]> gradients(Module model, String training) {
    try (TrainingHooks run = Halves.hooks(training, model, IMAGE, 3)) {
      return gradients(model, run, 0);
    }
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), 1e-6f); // fused and plain layers differ
    }
  }

  @Test
  void parametersGradientsAreChangedInOrder() {
    List<float[]> plain = gradients(cnn(), TrainingHooks.NONE, 0);
    List<float[]> found = gradients(cnn(), "sign; clip-value 0.25");
    for (int i = 0; i < plain.size(); i++) {
      for (int j = 0; j < plain.get(i).length; j++) {
        assertEquals(0.25f * Math.signum(plain.get(i)[j]), found.get(i)[j]);
      }
    }
  }

  /** Behind layer 3, the second convolution, nothing changes; before it all does. */
  @Test
  void aLayersGradientIsChangedForAllThatLiesBeforeIt() {
    List<float[]> plain = gradients(cnn(), TrainingHooks.NONE, 0);
    List<float[]> found = gradients(cnn(), "noise 0.1 @3");
    for (int i = 0; i < plain.size(); i++) {
      boolean before = i < 4; // weights and biases of two convolutions
      float difference = 0;
      for (int j = 0; j < plain.get(i).length; j++) {
        difference = Math.max(difference, Math.abs(plain.get(i)[j] - found.get(i)[j]));
      }
      assertEquals(before, difference > 1e-4f, "parameter " + i + " by " + difference);
    }
  }

  /** The bias of the last layer has the batch's sum of the gradient of the logits. */
  @Test
  void manipulationsOfALayerRunInTheOrderOfTheList() {
    float[] signLast = gradients(cnn(), "clip-value 0.001 @7; sign @7").get(5);
    float[] clipLast = gradients(cnn(), "sign @7; clip-value 0.001 @7").get(5);
    for (int c = 0; c < 3; c++) {
      assertEquals(Math.rint(signLast[c]), signLast[c]);
      assertEquals(signLast[c] * 0.001f, clipLast[c], 1e-6f);
    }
    assertFalse(Arrays.equals(new float[3], signLast));
  }

  /** What comes back to a layer that is run twice: 1 and the noise, then with the second's too. */
  @Test
  void aLayerThatRunsTwiceGetsOtherNoiseTheSecondTime() {
    Module shared = Layers.identity();
    Module model = new Sequential(shared, shared);
    List<float[]> seen = new ArrayList<>();
    Objective sum =
        (m, batch, step) -> {
          shared.registerBackwardHook(
              g -> {
                seen.add(g.toFloats());
                return null;
              });
          Tensor y = m.forward(batch.images());
          return new Objective.Result(y.sum(), y);
        };
    TrainingHooks stage = Halves.hooks("noise 1 @0", model, IMAGE, 3);
    Tensor x = Tensor.zeros(1, 2).requiresGrad(true);
    stage.objective(sum).of(model, Batch.of(x, null), Halves.step(0)).loss().backward();
    stage.gradients(model, Halves.step(0));
    assertEquals(2, seen.size());
    float first = seen.get(0)[0] - 1;
    float second = seen.get(1)[0] - seen.get(0)[0];
    assertTrue(Math.abs(first - second) > 1e-3f, first + " and " + second);
  }

  @Test
  void aRecomputedModelIsManipulatedTheSame() {
    Module recomputed = cnn();
    recomputed.recompute(true);
    assertSame(gradients(cnn(), "noise 0.1 @3"), gradients(recomputed, "noise 0.1 @3"));
  }

  @Test
  void noAttackSeesIt() {
    Module model = cnn();
    Tensor x = images().requiresGrad(true);
    float[] plain = inputGradient(model, x);
    try (TrainingHooks run = Halves.hooks("adv-fgsm 0.1; sign @3", model, IMAGE, 3);
        TrainingHooks only = Halves.hooks("adv-fgsm 0.1", model, IMAGE, 3)) {
      for (long step = 0; step < 2; step++) {
        assertArrayEquals(
            only.batch(model, Batch.of(images(), labels()), Halves.step(step)).images().toFloats(),
            run.batch(model, Batch.of(images(), labels()), Halves.step(step)).images().toFloats());
        gradients(model, run, step);
      }
      assertArrayEquals(plain, inputGradient(model, x), "no hook stays behind a step");
    }
  }

  private static float[] inputGradient(Module model, Tensor x) {
    Tensor loss = Losses.crossEntropy(model.forward(x), labels(), Losses.Reduction.SUM);
    return Autograd.grad(loss, x).toFloats();
  }

  @Test
  void anAverageForgetsSlowlyAndIsCorrectedAtTheStart() {
    Module model = cnn();
    try (TrainingHooks run = Halves.hooks("average 0.9", model, IMAGE, 3)) {
      double past = 0;
      for (int step = 0; step < 3; step++) {
        float gradient = 1 + step * step;
        for (Tensor p : model.parameters()) {
          p.zeroGrad();
          p.mul(gradient).sum().backward();
        }
        run.gradients(model, Halves.step(step));
        past = 0.9 * past + 0.1 * gradient;
        float expected = (float) (past / (1 - Math.pow(0.9, step + 1)));
        for (Tensor p : model.parameters()) {
          assertEquals(expected, p.grad().toFloats()[0], 1e-5f);
        }
      }
      assertEquals(6, run.state().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "noise 0.1 @9, there is no part '9'; the parts are",
    "noise 0.1 @, names no layer; the layers are",
  })
  void aLayerThatIsNotThereIsNamedBeforeTheTraining(String text, String said) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Halves.defended(text, cnn(), IMAGE, 3))
            .getMessage();
    assertTrue(message.contains(said), message);
  }

  @Test
  void smoothingWithoutHeightAndWidthIsRefused() {
    Module mlp = Models.parse("mlp").build(IMAGE, 3, new RandomStream(1, "init"));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Halves.defended("smooth 3", mlp, IMAGE, 3))
            .getMessage();
    assertTrue(message.contains("no parameter of this model has height and width"), message);
    message =
        assertThrows(IllegalArgumentException.class, () -> gradients(mlp, "smooth 3 @1"))
            .getMessage();
    assertTrue(message.contains("output [6, 256] has no height and width"), message);
  }
}
