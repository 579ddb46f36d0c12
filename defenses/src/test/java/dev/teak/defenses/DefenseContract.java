package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.gradient.GradientManipulation;
import dev.teak.defenses.mask.Mask;
import dev.teak.engine.Autograd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Sgd;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Objective.Result;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What masks, rules for gradients and lists of defenses owe on every backend besides: the numbers
 * that they give on {@code reference}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DefenseContract extends TrainingDefenseContract {
  private static final Shape IMAGE = Shape.of(8, 9, 2);
  private static final int N = 5;
  private static final int CLASSES = 3;

  static Stream<Mask> masks() {
    return Stream.of(
            "random 0.3",
            "random 0.3 exact",
            "random 0.3 exact per-channel filter blur 3",
            "random 0.3 per-batch fill 1",
            "random 0.3 fixed per-channel",
            "rectangle 1 2 5 3",
            "random-rectangle 4 3",
            "random-rectangle 4 3 per-batch per-channel fill 0.5",
            "filter blur 5",
            "filter sharpen",
            "filter emboss",
            "filter 0 0 0 1 0 0 0 0 0",
            "random 1",
            "random 0")
        .map(text -> (Mask) Halves.defenses(text).get(0));
  }

  private static float[] pixels(int n) {
    return new RandomStream(1, "pixels").uniform(Shape.of(n * IMAGE.size())).toFloats();
  }

  private static Tensor images(int n) {
    return Tensor.of(pixels(n), n, IMAGE.dim(0), IMAGE.dim(1), IMAGE.dim(2));
  }

  /** The masked images, and the gradient of their weighted sum in those given. */
  private static List<float[]> masked(Mask mask, int n) {
    Tensor x = images(n).requiresGrad(true);
    Tensor y = mask.apply(x, 7, 3);
    Tensor weights = new RandomStream(2, "weights").uniform(y.shape()).add(0.5);
    Tensor g = Autograd.grad(y.mul(weights).sum(), x);
    return List.of(y.toFloats(), g.toFloats());
  }

  @ParameterizedTest
  @MethodSource("masks")
  void masksAndTheirGradientsAreThoseOfTheReference(Mask mask) {
    List<float[]> expected = onReference(() -> masked(mask, N));
    List<float[]> found = masked(mask, N);
    assertArrayEquals(expected.get(0), found.get(0), ROUNDING, "images");
    assertArrayEquals(expected.get(1), found.get(1), 10 * ROUNDING, "gradient"); // up to 13 summed
  }

  @ParameterizedTest
  @MethodSource("masks")
  void anEmptyBatchStaysEmpty(Mask mask) {
    assertEquals(images(0).shape(), mask.apply(images(0), 7, 3).shape());
  }

  static Stream<GradientManipulation> manipulations() {
    return DefensesTest.parts()
        .map(a -> a.get()[1])
        .filter(GradientManipulation.class::isInstance)
        .map(GradientManipulation.class::cast);
  }

  /** Of a convolution's weight, of a bias, and one that is zero. */
  private static List<float[]> changed(GradientManipulation manipulation) {
    Tensor weight = new RandomStream(3, "w").uniform(Shape.of(4, 3, 3, 2), -2, 2);
    Tensor bias = new RandomStream(3, "b").uniform(Shape.of(7), -0.2, 0.2);
    List<Tensor> gradients = List.of(weight, bias, Tensor.zeros(3));
    return manipulation.rule().apply(gradients, new RandomStream(4, "noise")).stream()
        .map(Tensor::toFloats)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("manipulations")
  void manipulatedGradientsAreThoseOfTheReference(GradientManipulation manipulation) {
    List<float[]> expected = onReference(() -> changed(manipulation));
    List<float[]> found = changed(manipulation);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), ROUNDING);
      for (float v : found.get(i)) {
        assertTrue(Float.isFinite(v));
      }
    }
  }

  static Stream<String> trainings() {
    return Stream.of(
        "random 0.3; noise 0.01; average 0.9",
        "adv-pgd 0.1 warmup 1; learned 0.001; random-rectangle 3 4; sign @3",
        "curriculum attacks=[fgsm, pgd(steps=3)];"
            + " dynamic_feature_mask @3 calibrated relaxed rescale",
        "filter blur 3; smooth 3 @0; zero 0.2; quantise 8; clip-norm 1",
        "adversarial_training attack=fgsm(eps=0.1) clean");
  }

  /** All that trains. */
  private static Map<String, Tensor> parameters(Module model, TrainingHooks hooks) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.namedParameters());
    hooks.parameters().forEach((name, t) -> all.put("defense." + name, t));
    return all;
  }

  /** The weights of a network after two steps. */
  private static List<float[]> trained(String training) {
    Module model = Models.parse("cnn").build(IMAGE, CLASSES, new RandomStream(1, "init"));
    try (TrainingHooks run = Halves.hooks(training, model, IMAGE, 5)) {
      Sgd sgd = new Sgd(parameters(model, run), 0.05);
      for (long step = 0; step < 2; step++) {
        Tensor labels = Tensor.ofInts(new int[] {0, 1, 2, 0, 1}, N);
        Step at = Halves.step(step);
        Batch batch = run.batch(model, Batch.of(images(N), labels), at);
        Result r = run.objective(Objective.CROSS_ENTROPY).of(model, batch, at);
        sgd.zeroGrad();
        r.loss().backward();
        run.gradients(model, at);
        sgd.step();
      }
      List<float[]> weights = new ArrayList<>();
      parameters(model, run).values().forEach(p -> weights.add(p.toFloats()));
      run.state().values().forEach(t -> weights.add(t.toFloats()));
      model.release();
      return weights;
    }
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void twoRunsOfOneSeedGiveTheSameBits(String training) {
    List<float[]> first = trained(training);
    List<float[]> second = trained(training);
    for (int i = 0; i < first.size(); i++) {
      assertArrayEquals(first.get(i), second.get(i));
      for (float v : first.get(i)) {
        assertTrue(Float.isFinite(v));
      }
    }
  }

  private static Tensor attacked(String training, Tensor images) {
    Module model = Models.parse("cnn").build(IMAGE, CLASSES, new RandomStream(1, "init"));
    try (TrainingHooks run = Halves.hooks(training, model, IMAGE, 5)) {
      return run.batch(
              model, Batch.of(images, Tensor.ofInts(new int[] {0, 1, 2, 0, 1}, N)), Halves.step(7))
          .images();
    }
  }

  /**
   * A third of the pixels 0 and a third 1, which sharpening throws out of 0..1, and an image that
   * is white, which a blur does by a rounding.
   */
  private static Tensor contrasts() {
    Tensor white = Tensor.ones(1, IMAGE.dim(0), IMAGE.dim(1), IMAGE.dim(2));
    return Tensor.concat(0, List.of(images(N - 1).sub(1.0 / 3).mul(3).clip(0, 1), white));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter sharpen",
        "filter emboss",
        "filter blur 5",
        "filter -3.5",
        "random 0.5 fill 2",
        "random 0.5 fixed per-channel fill -1",
        "rectangle 1 2 5 3 fill 255",
        "filter sharpen; random-rectangle 4 3 filter emboss; random 0.1 fill 7",
      })
  void anAttackBehindAMaskStartsFromTheMaskedImagesWithinTheRange(String masks) {
    double epsilon = 0.1;
    float[] start = attacked(masks, contrasts()).clip(0, 1).toFloats();
    for (String attack : List.of("adv-fgsm 0.1", "adv-pgd 0.1 warmup 1")) {
      float[] found = attacked(masks + "; " + attack, contrasts()).toFloats();
      assertFalse(Arrays.equals(start, found));
      for (int i = 0; i < found.length; i++) {
        assertTrue(found[i] >= 0 && found[i] <= 1, attack + ": " + found[i]);
        assertEquals(start[i], found[i], epsilon + 1e-7, attack); // a rounding near 1
      }
    }
  }

  @Test
  void masksBetweenTwoAttacksMayLeaveTheRangeAndTheLastPartKeepsWhatItMakes() {
    float[] twice = attacked("adv-fgsm 0.1; filter sharpen; adv-fgsm 0.1", contrasts()).toFloats();
    float[] last = attacked("adv-fgsm 0.1; random 0.5 fill 2", contrasts()).toFloats();
    float largest = 0;
    for (int i = 0; i < twice.length; i++) {
      assertTrue(twice[i] >= 0 && twice[i] <= 1, () -> "" + Arrays.toString(twice));
      largest = Math.max(largest, last[i]);
    }
    assertEquals(2, largest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"random 0.3; adv-fgsm 0.1", "filter blur 3; adv-pgd 0.1"})
  void imagesOfAnotherRangeAreRefusedInFrontOfAMaskToo(String training) {
    Tensor bytes = contrasts().mul(255);
    String message =
        assertThrows(IllegalArgumentException.class, () -> attacked(training, bytes)).getMessage();
    assertTrue(message.contains(" pixels of the images [5, 8, 9, 2] lie outside"), message);
    assertTrue(message.contains("0.0..1.0"), message);
  }

  /** The function of a layer that is used twice, where the layer has one name. */
  private static final class Twice extends Module {
    private final Module layer = submodule("0", linear());

    @Override
    protected Tensor compute(Tensor x) {
      return layer.forward(layer.forward(x).relu());
    }
  }

  private static Module linear() {
    return new Linear(4, 4, new RandomStream(1, "init"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"clip-norm 0.1", "noise 0.01", "average 0.9", "zero 0.2; quantise 8", "sign"})
  void theGradientOfASharedLayerIsChangedOnce(String text) {
    Module shared = linear();
    Module tied = new Sequential(shared, Layers.relu(), shared);
    List<List<float[]>> found = new ArrayList<>();
    for (Module model : List.of(tied, new Twice())) {
      try (TrainingHooks run = Halves.hooks(text, model, IMAGE, 5)) {
        Sgd sgd = new Sgd(parameters(model, run), 0.5);
        for (long step = 0; step < 2; step++) {
          model.zeroGrad();
          model.forward(new RandomStream(2, "x").normal(Shape.of(3, 4))).square().sum().backward();
          run.gradients(model, Halves.step(step));
          sgd.step();
        }
        found.add(model.parameters().stream().map(Tensor::toFloats).toList());
      }
    }
    assertEquals(2, found.get(0).size());
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(found.get(1).get(i), found.get(0).get(i));
    }
  }

  @Test
  void aLearnedMaskDrawsAndLearnsAsOnTheReference() {
    String learned = "learned 0.01 per-channel";
    Map<String, float[]> expected = onReference(() -> learned(learned));
    Map<String, float[]> found = learned(learned);
    assertArrayEquals(expected.get("images"), found.get("images"), ROUNDING);
    assertArrayEquals(expected.get("gradient"), found.get("gradient"), 10 * ROUNDING);
    assertFalse(Arrays.equals(new float[IMAGE.size()], found.get("gradient")));
  }

  private static Map<String, float[]> learned(String training) {
    Module model = Models.parse("mlp").build(IMAGE, CLASSES, new RandomStream(1, "init"));
    try (TrainingHooks run = Halves.hooks(training, model, IMAGE, 5)) {
      Tensor labels = Tensor.ofInts(new int[] {0, 1, 2, 0, 1}, N);
      Step first = Halves.step(0);
      Batch batch = run.batch(model, Batch.of(images(N), labels), first);
      run.objective(Objective.CROSS_ENTROPY).of(model, batch, first).loss().backward();
      Tensor scores = run.parameters().get("0.scores");
      return Map.of("images", batch.images().toFloats(), "gradient", scores.grad().toFloats());
    } finally {
      model.release();
    }
  }
}
