package dev.teak.nn.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.Combine;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.models.Models;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What methods of attribution owe on every backend, by numbers worked out by hand. */
public abstract class AttributionContract {
  /** Float32's rounding, of a few dozen operations on numbers below 10. */
  private static final double ROUNDING = 1e-5;

  /** Images of 2 x 2 pixels with two channels each. */
  private static final double[] PIXELS = {
    0.1, 0.9, 0.4, 0.2, 0.8, 0.3, 0.5, 0.6,
    0.7, 0.0, 1.0, 0.2, 0.3, 0.3, 0.9, 0.1
  };

  /** Of each of two classes, in the order of the pixels. */
  private static final double[][] WEIGHTS = {
    {1, -2, 3, 0.5, -1, 0.25, 2, -3}, {-0.5, 1, 0, 2, -2, 4, 1, 1}
  };

  private static final int[] TARGETS = {0, 1};

  private Devices.Use use;
  private Scope scope;

  /** The backend under test; aborts the test where it is not there. */
  protected abstract Backend backend();

  @BeforeEach
  void open() {
    use = Devices.use(backend());
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
      use.close();
    }
  }

  /** Every method, by few steps. */
  static Stream<Attribution> methods() {
    return Stream.of(
            "saliency",
            "smoothgrad samples=3",
            "integrated_gradients steps=3",
            "gradcam",
            "occlusion window=2")
        .map(Attributions::parse);
  }

  static Stream<String> models() {
    return Stream.of(
        "cnn",
        "resnet18 width=2",
        "mobilenet_v2 width=0.25 stem=small",
        "ensemble model=cnn members=2 combine=vote",
        "ensemble model=cnn members=2 recompute=true",
        "conv 4 3; group_norm 2; gelu; dropout 0.5; flatten; linear 3");
  }

  private static Tensor images() {
    return Tensor.of(PIXELS, 2, 2, 2, 2);
  }

  private static Tensor targets() {
    return Tensor.ofInts(TARGETS, 2);
  }

  private static Module linear() {
    Linear linear = new Linear(8, 2, false, new RandomStream(1, "init"));
    double[] flat = Arrays.stream(WEIGHTS).flatMapToDouble(Arrays::stream).toArray();
    linear.loadStateDict(Map.of("weight", Tensor.of(flat, 2, 8)));
    return new Sequential(Layers.flatten(), linear);
  }

  /** Of each value of the images, by the weight of its target and the value itself. */
  private static double[] each(DoubleBinaryOperator of) {
    double[] all = new double[PIXELS.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = of.applyAsDouble(WEIGHTS[TARGETS[i / 8]][i % 8], PIXELS[i]);
    }
    return all;
  }

  private static double[] sums(int of, double... values) {
    double[] sums = new double[values.length / of];
    for (int i = 0; i < values.length; i++) {
      sums[i / of] += values[i];
    }
    return sums;
  }

  private static double[] of(String method, Module model) {
    return Attributions.parse(method).attribute(model, images(), targets()).toDoubles();
  }

  private static void assertNear(double[] expected, double... found) {
    assertArrayEquals(expected, found, ROUNDING);
  }

  @Test
  void ofALinearModelAGradientIsItsWeights() {
    assertNear(each((w, x) -> w), of("saliency", linear()));
    assertNear(each((w, x) -> w), of("smoothgrad samples=3 noise=0.5", linear()));
  }

  @Test
  void theMapOfASaliencyIsTheLargestOfAPixelsChannels() {
    Attribution saliency = new Saliency();
    Tensor map = saliency.map(saliency.attribute(linear(), images(), targets()));
    assertEquals(Shape.of(2, 2, 2), map.shape());
    assertNear(new double[] {2, 3, 1, 3, 1, 2, 4, 1}, map.toDoubles());
  }

  /** The logit is the sum of w x^2, so the gradient is linear on the way: w (x^2 - b^2) exactly. */
  @Test
  void integratedGradientsAddUpToTheDifferenceOfTheLogits() {
    Module squares = new Sequential(Layers.of(Tensor::square), linear());
    double[] found = of("integrated_gradients steps=3 baseline=0.25", squares);
    assertNear(each((w, x) -> w * (x * x - 0.0625)), found);
    Tensor base = Tensor.full(0.25, 2, 2, 2, 2);
    double[] differences = squares.forward(images()).sub(squares.forward(base)).toDoubles();
    assertNear(new double[] {differences[0], differences[3]}, sums(8, found));
  }

  @Test
  void ofALinearModelAHiddenPixelCostsWhatItsWeightsGave() {
    double[] costs = sums(2, each((w, x) -> w * (x - 0.5)));
    assertNear(costs, of("occlusion window=1", linear()));
    double[] all = sums(4, costs); // a square as large as the image, at every pixel
    double[] whole = of("occlusion window=2", linear());
    for (int i = 0; i < whole.length; i++) {
      assertEquals(all[i / 4], whole[i], ROUNDING);
    }
  }

  /** A row of three pixels under squares of two: its middle is hidden twice. */
  @Test
  void aPixelThatIsHiddenTwiceHasTheMean() {
    Tensor image = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 1, 2, 3, 1);
    Module sum = Layers.of(x -> Tensor.concat(1, List.of(x.sum(3).sum(2), x.sum(3).sum(2))));
    Module first = new Sequential(sum, Layers.of(z -> z.slice(1, 0, 2, 1)));
    double[] found =
        new Occlusion(2, 1, 0).attribute(first, image, Tensor.ofInts(new int[] {0}, 1)).toDoubles();
    assertNear(new double[] {3, 4, 5, 3, 4, 5}, found); // 1 + 2, then its mean with 2 + 3
  }

  /**
   * Maps of 2 x 2 are the means of squares of an image of 4 x 4. Behind their mean stands a linear
   * layer, so that a map's weight is that layer's, divided by the map's four pixels.
   */
  @Test
  void gradCamWeighsMapsAndBringsThemToTheImagesSize() {
    Module model = pooled(new double[][] {{4, -8}, {-4, 4}});
    Tensor images = blocks(new double[][] {{1, 0}, {0, 1}, {3, 1}, {2, 0}});
    Tensor first = Tensor.ofInts(new int[] {0}, 1);
    double[] small = {1, 0, 1, 2}; // relu of a - 2 b; that of the second pixel is below 0
    for (String method : List.of("gradcam", "gradcam @0")) {
      double[] found = Attributions.parse(method).attribute(model, images, first).toDoubles();
      assertNear(enlarged(small), found);
    }
  }

  @Test
  void gradCamOfAnEnsembleAddsWhatItsMembersLookAt() {
    Module one = pooled(new double[][] {{4, -8}, {-4, 4}});
    Module other = pooled(new double[][] {{-4, 0}, {0, 4}});
    Tensor images = blocks(new double[][] {{1, 0}, {0, 1}, {3, 1}, {2, 0}});
    Tensor second = Tensor.ofInts(new int[] {1}, 1);
    Module both = new Ensemble(List.of(one, other), Combine.MEAN_LOGIT);
    // Half of relu(b - a), which is 0, 1, 0, 0, and half of relu(b), which is 0, 1, 1, 0.
    double[] found = new GradCam(null).attribute(both, images, second).toDoubles();
    assertNear(enlarged(0, 1, 0.5, 0), found);
  }

  /** Pools 4 x 4 to 2 x 2, and weighs the means of two channels. */
  private static Module pooled(double[][] weights) {
    Linear linear = new Linear(2, 2, false, new RandomStream(1, "init"));
    double[] flat = Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray();
    linear.loadStateDict(Map.of("weight", Tensor.of(flat, 2, 2)));
    return new Sequential(Layers.avgPool2d(2), Layers.globalAvgPool2d(), linear);
  }

  /** An image of 4 x 4 in four squares, of whose pixels each has these two channels. */
  private static Tensor blocks(double[][] channels) {
    double[] pixels = new double[32];
    for (int p = 0; p < 16; p++) {
      int block = p / 8 * 2 + p % 4 / 2;
      System.arraycopy(channels[block], 0, pixels, 2 * p, 2);
    }
    return Tensor.of(pixels, 1, 4, 4, 2);
  }

  /** 2 x 2 to 4 x 4: along each axis a, (3 a + b) / 4, (a + 3 b) / 4, b. */
  private static double[] enlarged(double... small) {
    double[] of = {0, 0.25, 0.75, 1};
    double[] large = new double[16];
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        double top = small[0] * (1 - of[x]) + small[1] * of[x];
        double bottom = small[2] * (1 - of[x]) + small[3] * of[x];
        large[4 * y + x] = top * (1 - of[y]) + bottom * of[y];
      }
    }
    return large;
  }

  // --- whatever the model ---

  private static Module model(String text) {
    return Models.parse(text).build(Shape.of(8, 8, 3), 3, new RandomStream(1, "init"));
  }

  private static Tensor noise(int n) {
    float[] values = new RandomStream(2, "images").uniform(Shape.of(n * 192)).toFloats();
    return Tensor.of(values, n, 8, 8, 3);
  }

  @ParameterizedTest
  @MethodSource("models")
  void anImagesAttributionsAreThoseThatItHasAlone(String text) {
    Module model = model(text);
    Tensor images = noise(3);
    for (Attribution method : methods().toList()) {
      Tensor together = method.attribute(model, images, Tensor.ofInts(new int[] {2, 0, 1}, 3));
      Tensor alone = method.attribute(model, images.rows(1, 2), Tensor.ofInts(new int[] {0}, 1));
      assertArrayEquals(together.rows(1, 2).toDoubles(), alone.toDoubles(), method + " of " + text);
      int channels = together.shape().dim(3);
      assertEquals(Shape.of(3, 8, 8, channels), together.shape());
      assertTrue(channels == 1 || channels == 3, method + ": " + channels);
      assertTrue(Arrays.stream(together.toDoubles()).anyMatch(a -> a != 0), method + " of " + text);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void nothingIsLeftButTheResult(Attribution method) {
    for (String text : models().toList()) {
      Module model = model(text);
      Tensor images = noise(2);
      Tensor targets = targets();
      method.attribute(model, images, targets).release(); // what a model keeps from its first run
      try (Scope mine = Scope.open()) {
        long before = mine.stats().liveBytes();
        Tensor found = method.attribute(model, images, targets);
        found.release();
        assertEquals(before, mine.stats().liveBytes(), method + " of " + text);
      }
      model.parameters().forEach(p -> assertNull(p.grad()));
      assertTrue(model.isTraining(), "the mode it was in");
    }
  }

  /** What a member looks at is the same whether its activations are kept or computed again. */
  @Test
  void gradCamOfARecomputedModelIsThatOfThePlainOne() {
    Module model = model("resnet18 width=2");
    double[] plain = new GradCam(null).attribute(model, noise(2), targets()).toDoubles();
    model.recompute(true);
    double[] recomputed = new GradCam(null).attribute(model, noise(2), targets()).toDoubles();
    assertArrayEquals(plain, recomputed);
    assertTrue(model.isRecomputing());
  }
}
