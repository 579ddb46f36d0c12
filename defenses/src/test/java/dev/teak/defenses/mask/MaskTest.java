package dev.teak.defenses.mask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.defenses.Defended;
import dev.teak.defenses.Halves;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.GradCheck;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.Models;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.TrainingHooks;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Mask parse(String text) {
    return (Mask) Halves.defenses(text).get(0);
  }

  /** Rows of one image a channel of what a mask leaves of ones: 0 inside its region. */
  private static float[][] planes(Mask mask, int n, int h, int w, int c, long seed, long step) {
    float[] kept = mask.apply(Tensor.ones(n, h, w, c), seed, step).toFloats();
    float[][] planes = new float[n * c][h * w];
    for (int i = 0; i < kept.length; i++) {
      planes[i / (h * w * c) * c + i % c][i / c % (h * w)] = kept[i];
    }
    return planes;
  }

  private static int zeros(float... plane) {
    int zeros = 0;
    for (float v : plane) {
      assertTrue(v == 0 || v == 1, "a mask is 0 or 1, not " + v);
      zeros += v == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void anExactRatioHoldsInEveryImage() {
    for (float[] plane : planes(parse("random 0.3 exact"), 20, 28, 28, 1, 1, 0)) {
      assertEquals(235, zeros(plane)); // 0.3 x 784 = 235.2
    }
    for (float[] plane : planes(parse("random 0.5 exact per-channel"), 5, 3, 5, 3, 1, 0)) {
      assertEquals(8, zeros(plane)); // 7.5 to the nearest, upwards
    }
  }

  /** Counts of pixels are binomial: mean and variance are held to four standard errors. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.5})
  void anExpectedRatioIsThatOfIndependentPixels(double ratio) {
    int n = 500;
    int d = 784;
    double mean = 0;
    double square = 0;
    for (float[] plane : planes(Mask.random(ratio), n, 28, 28, 1, 1, 0)) {
      double count = zeros(plane);
      mean += count / n;
      square += count * count / n;
    }
    double variance = d * ratio * (1 - ratio);
    assertEquals(d * ratio, mean, 4 * Math.sqrt(variance / n));
    assertEquals(variance, square - mean * mean, 4 * variance * Math.sqrt(2.0 / n));
  }

  @Test
  void anExactMaskLeavesNoPixelOut() {
    float[] sums = new float[100];
    for (float[] plane : planes(parse("random 0.2 exact"), 1000, 10, 10, 1, 1, 0)) {
      for (int p = 0; p < 100; p++) {
        sums[p] += 1 - plane[p];
      }
    }
    for (float count : sums) {
      assertEquals(200, count, 4.5 * Math.sqrt(1000 * 0.2 * 0.8)); // of 100 pixels, none further
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"random 0.5", "random 0.5 exact", "random-rectangle 3 3"})
  void aMaskVariesAsItSays(String text) {
    float[][] image = planes(parse(text), 2, 9, 9, 1, 1, 0);
    assertFalse(Arrays.equals(image[0], image[1]));
    assertFalse(Arrays.equals(image[0], planes(parse(text), 2, 9, 9, 1, 1, 1)[0]));

    float[][] batch = planes(parse(text + " per-batch"), 2, 9, 9, 1, 1, 0);
    assertArrayEquals(batch[0], batch[1]);
    assertFalse(Arrays.equals(batch[0], planes(parse(text + " per-batch"), 2, 9, 9, 1, 1, 1)[0]));

    float[][] fixed = planes(parse(text + " fixed"), 2, 9, 9, 1, 1, 0);
    assertArrayEquals(fixed[0], fixed[1]);
    assertArrayEquals(fixed[0], planes(parse(text + " fixed"), 1, 9, 9, 1, 1, 17)[0]);
    assertFalse(Arrays.equals(fixed[0], planes(parse(text + " fixed"), 1, 9, 9, 1, 2, 0)[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random 0.5", "random 0.5 exact", "random-rectangle 3 3"})
  void channelsShareAMaskOrNot(String text) {
    float[][] shared = planes(parse(text), 1, 9, 9, 3, 1, 0);
    assertArrayEquals(shared[0], shared[1]);
    assertArrayEquals(shared[0], shared[2]);
    float[][] each = planes(parse(text + " per-channel"), 1, 9, 9, 3, 1, 0);
    assertFalse(Arrays.equals(each[0], each[1]));
    assertFalse(Arrays.equals(each[1], each[2]));
  }

  @Test
  void aRectangleLiesWhereItSays() {
    float[] plane = planes(parse("rectangle 1 2 3 4"), 1, 6, 8, 1, 1, 0)[0];
    for (int p = 0; p < plane.length; p++) {
      boolean inside = p / 8 >= 1 && p / 8 < 4 && p % 8 >= 2 && p % 8 < 6;
      assertEquals(inside ? 0 : 1, plane[p]);
    }
  }

  @Test
  void aRandomRectangleLiesEverywhereItCan() {
    Set<Integer> corners = new HashSet<>();
    for (float[] plane : planes(parse("random-rectangle 3 2"), 400, 5, 4, 1, 1, 0)) {
      assertEquals(6, zeros(plane));
      int first = 0;
      while (plane[first] != 0) {
        first++;
      }
      assertEquals(0, plane[first + 2 * 4 + 1], "the far corner");
      corners.add(first);
    }
    assertEquals(3 * 3, corners.size());
  }

  private static Tensor ramp(int h, int w, int c) {
    double[] v = new double[h * w * c];
    Arrays.setAll(v, i -> (i + 1.0) / v.length);
    return Tensor.of(v, 1, h, w, c);
  }

  @Test
  void aFilterTakesItsNeighboursChannelByChannelAndGoesOnBeyondTheEdge() {
    Tensor x = ramp(3, 4, 2);
    float[] before = x.toFloats();
    float[] left = parse("filter 0 0 0 1 0 0 0 0 0").apply(x, 1, 0).toFloats();
    for (int i = 0; i < before.length; i++) {
      boolean edge = i / 2 % 4 == 0;
      assertEquals(before[edge ? i : i - 2], left[i], 1e-6f);
    }
    float[] flat = parse("filter blur 5").apply(Tensor.ones(1, 7, 6, 3), 1, 0).toFloats();
    for (float v : flat) {
      assertEquals(1, v, 1e-5f); // 25 numbers of 1 / 25 summed
    }
    assertArrayEquals(before, parse("filter 1").apply(x, 1, 0).toFloats(), 1e-7f);
  }

  @Test
  void aFilterActsInsideTheRegionAlone() {
    Tensor x = ramp(5, 5, 1);
    float[] before = x.toFloats();
    float[] blurred = parse("filter blur 3").apply(x, 1, 0).toFloats();
    float[] mixed = parse("rectangle 0 0 2 5 filter blur 3").apply(x, 1, 0).toFloats();
    for (int i = 0; i < 25; i++) {
      assertEquals(i < 10 ? blurred[i] : before[i], mixed[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "random 0.3",
        "random 0.3 exact per-channel",
        "random-rectangle 2 3 fill 1",
        "random 0.5 filter sharpen",
        "filter blur 3"
      })
  void gradientsOfBothOrdersAreThoseOfTheFunction(String text) {
    try (Devices.Use use = Devices.use("reference");
        Scope inner = Scope.open()) {
      Tensor x = new RandomStream(1, "x").uniform(Shape.of(2, 4, 5, 2));
      Mask mask = parse(text);
      GradCheck.Report first = GradCheck.check(in -> mask.apply(in.get(0), 1, 0), x);
      assertTrue(first.passed(), first::toString);
      // Squared, for a mask is linear.
      GradCheck.Report second =
          GradCheck.checkSecondOrder(in -> mask.apply(in.get(0), 1, 0).square(), x);
      assertTrue(second.passed(), second::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rectangle 20 0 9 4, 'ends at row 29, column 4; images are 28 x 28'",
    "random-rectangle 4 29, is larger than images of 28 x 28"
  })
  void aRegionLargerThanTheImagesIsRefusedBeforeTheTraining(String text, String said) {
    Shape image = Shape.of(28, 28, 1);
    Module model = Models.parse("mlp").build(image, 10, new RandomStream(1, "init"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Halves.defended(text, model, image, 1))
            .getMessage();
    assertTrue(message.contains(said), message);
  }

  @Test
  void whatIsNoBatchOfImagesIsRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Mask.random(0.3).apply(Tensor.ones(2, 784), 1, 0))
            .getMessage();
    assertEquals("mask: [2, 784] are no images; expects [N, H, W, C]", message);
  }

  @Test
  void whatSaysNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Mask.of(new Region.Everywhere()));
    assertThrows(
        IllegalArgumentException.class, () -> Mask.of(new Region.Rectangle(0, 0, 2, 2)).perBatch());
    assertThrows(
        IllegalArgumentException.class, () -> Mask.of(new Region.RandomRectangle(2, 2)).exact());
  }

  private static final Shape IMAGE = Shape.of(6, 6, 1);

  private static Module net() {
    return Models.parse("mlp").build(IMAGE, 3, new RandomStream(1, "init"));
  }

  @Test
  void aMaskAtTestTimeIsTheOneOfTheTrainingAndAttacksSeeThroughIt() {
    Mask mask = Mask.random(0.5).fixed();
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(4, 6, 6, 1)).mul(0.5).add(0.25);
    float[] trained = mask.apply(x, 9, 3).toFloats();
    assertArrayEquals(trained, new MaskedInput(mask, 9).forward(x).toFloats());

    Module whole = new Sequential(new MaskedInput(mask, 9), net());
    Tensor leaf = x.detach().requiresGrad(true);
    float[] gradient = Autograd.grad(whole.forward(leaf).square().sum(), leaf).toFloats();
    float[] attacked =
        Fgsm.linf(0.1)
            .perturb(whole, x, Tensor.ofInts(new int[] {0, 1, 2, 0}, 4))
            .images()
            .toFloats();
    float[] before = x.toFloats();
    for (int i = 0; i < before.length; i++) {
      assertEquals(trained[i] == 0, gradient[i] == 0);
      assertEquals(trained[i] == 0, attacked[i] == before[i]);
    }
  }

  @Test
  void aMaskThatIsDrawnAnewMakesARandomModelForEot() {
    Module whole = new Sequential(new MaskedInput(Mask.random(0.5), 9), net());
    Tensor x = Tensor.ones(4, 6, 6, 1).mul(0.5);
    assertFalse(Arrays.equals(whole.forward(x).toFloats(), whole.forward(x).toFloats()));
    Tensor labels = Tensor.ofInts(new int[] {0, 1, 2, 0}, 4);
    float[] moved = Eot.of(Fgsm.linf(0.1), 20).perturb(whole, x, labels).images().toFloats();
    for (float v : moved) {
      assertEquals(0.1f, Math.abs(v - 0.5f), 1e-6f, "over 20 draws every pixel has a gradient");
    }
  }

  @Test
  void aMaskThatIsDrawnAnewGoesOnWhereACheckpointStoodAndIsRecomputedAsItWas() {
    Tensor x = Tensor.ones(4, 6, 6, 1).requiresGrad(true);
    Module first = new MaskedInput(Mask.random(0.5), 9);
    first.forward(x);
    Module resumed = new MaskedInput(Mask.random(0.5), 9);
    long position = first.namedStreams().get("calls").position();
    resumed.namedStreams().get("calls").seek(position);
    float[] next = first.forward(x).toFloats();
    assertArrayEquals(next, resumed.forward(x).toFloats());
    first.namedStreams().get("calls").seek(position);
    first.recompute(true);
    Tensor again = first.forward(x);
    again.sum().backward();
    assertArrayEquals(next, x.grad().toFloats());
  }

  @Test
  void theMasksOfATrainingStayAtTestTimeInTheirOrder() {
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(4, 6, 6, 1));
    Module model = net();
    String masks = "random 0.3 exact; noise 0.1; filter blur 3";
    try (Defended defended = Halves.defended(masks, model, IMAGE, 9)) {
      assertEquals("random 0.3 exact fixed; filter blur 3", defended.masksInWords());
      Tensor masked = Mask.random(0.3).exact().fixed().apply(x, 9, 0);
      Tensor blurred = Mask.filter(Fill.blur(3)).apply(masked, 9, 0);
      assertArrayEquals(
          model.forward(blurred).toFloats(),
          defended.behindMasks().orElseThrow().forward(x).toFloats());
    }
    try (Defended defended = Halves.defended("noise 0.1", model, IMAGE, 9)) {
      assertTrue(defended.behindMasks().isEmpty());
      assertEquals(Map.of(), defended.hooks().figures());
    }
  }

  @Test
  void twoMasksOfOneTrainingDrawApart() {
    Tensor x = Tensor.ones(50, 10, 10, 1);
    try (TrainingHooks run = Halves.hooks("random 0.5; random 0.5", net(), IMAGE, 9)) {
      double kept = run.batch(null, Batch.of(x, null), Halves.step(0)).images().mean().item();
      assertEquals(0.25, kept, 0.03); // 0.5 if they were the same; deviation 0.006
    }
  }
}
