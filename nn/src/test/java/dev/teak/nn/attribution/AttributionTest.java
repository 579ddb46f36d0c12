package dev.teak.nn.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attributions of smooth models in double precision, and what is refused. */
class AttributionTest {
  private static final Shape IMAGE = Shape.of(6, 6, 2);
  private static final String SMOOTH =
      "conv 3 3 padding 1; tanh; avg_pool 2; gelu; flatten; linear 3";

  private Devices.Use use;

  @BeforeEach
  void open() {
    use = Devices.use("reference");
  }

  @AfterEach
  void close() {
    use.close();
  }

  private static Module model(String text) {
    return Models.parse(text).build(IMAGE, 3, new RandomStream(1, "init"));
  }

  private static Tensor image() {
    return new RandomStream(2, "image").uniform(Shape.of(1, 6, 6, 2));
  }

  private static Tensor target(int of) {
    return Tensor.ofInts(new int[] {of}, 1);
  }

  private static double logit(Module model, double... pixels) {
    return model.forward(Tensor.of(pixels, 1, 6, 6, 2)).toDoubles()[1];
  }

  /** Of central differences at h = 1e-4 the error is h^2 times a third derivative near 1. */
  @Test
  void aSaliencyIsTheSlopeOfTheLogit() {
    Module model = model(SMOOTH);
    double[] pixels = image().toDoubles();
    double[] found = new Saliency().attribute(model, image(), target(1)).toDoubles();
    double h = 1e-4;
    for (int i = 0; i < pixels.length; i++) {
      double[] up = pixels.clone();
      double[] down = pixels.clone();
      up[i] += h;
      down[i] -= h;
      assertEquals((logit(model, up) - logit(model, down)) / (2 * h), found[i], h * h);
    }
  }

  /** The rule of the middles errs by the square of its steps, so half of them leave a quarter. */
  @Test
  void integratedGradientsCloseInOnTheDifferenceOfTheLogits() {
    Module model = model(SMOOTH);
    double whole = logit(model, image().toDoubles()) - logit(model, new double[IMAGE.size()]);
    double coarse = whole - sum(new IntegratedGradients(8, 0).attribute(model, image(), target(1)));
    double fine = whole - sum(new IntegratedGradients(16, 0).attribute(model, image(), target(1)));
    assertTrue(Math.abs(coarse) > 1e-9, "coarse enough for an error: " + coarse);
    assertEquals(4, coarse / fine, 0.1);
  }

  private static double sum(Tensor t) {
    return t.sum().item();
  }

  @Test
  void smoothGradIsTheMeanOfTheGradientsAtNoisyCopies() {
    Module model = model(SMOOTH);
    Tensor image = image();
    double span = image.max().item() - image.min().item();
    RandomStream noise = new RandomStream(7, "smoothgrad");
    Tensor sum = Tensor.zerosLike(image);
    for (int k = 0; k < 4; k++) {
      Tensor noisy = image.add(noise.normal(Shape.of(1, 6, 6, 2)).mul(0.2 * span));
      sum = sum.add(new Saliency().attribute(model, noisy, target(1)));
    }
    Tensor found = new SmoothGrad(4, 0.2, 7).attribute(model, image, target(1));
    assertArrayEquals(sum.div(4).toDoubles(), found.toDoubles(), 1e-12);
  }

  @Test
  void methodsAreReadAndWrittenByName() {
    Attribution smooth = Attributions.parse("smoothgrad samples=20 noise=0.1");
    assertEquals(new SmoothGrad(20, 0.1, 1), smooth);
    assertEquals("smoothgrad samples=20 noise=0.1", Settings.text(smooth));
    assertEquals(new GradCam("layer4"), Attributions.parse("gradcam @layer4"));
    for (String name : Attributions.REGISTRY.names()) {
      assertEquals(name, Settings.text(Attributions.parse(name)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "saliency, 3, target 3 of image 0: the classes are 0..2",
    "saliency, -1, target -1 of image 0: the classes are 0..2",
    "gradcam @9, 0, there is no part '9'",
    "gradcam @5, 0, 'layer 5 gives [1, 3]; expects feature maps'",
    "occlusion window=7, 0, 'window 7 is larger than the images, 6 x 6'",
    "occlusion window=2 stride=3, 0, stride 3 leaves pixels out"
  })
  void whatDoesNotFitIsSaidInOneLine(String method, int target, String part) {
    Attribution attribution = Attributions.parse(method);
    Module model = model(SMOOTH);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> attribution.attribute(model, image(), target(target)));
    assertTrue(e.getMessage().contains(part) && !e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void gradCamOfAModelWithoutMapsSaysSo() {
    Module mlp = model("mlp");
    GradCam cam = new GradCam(null);
    String said =
        assertThrows(IllegalArgumentException.class, () -> cam.attribute(mlp, image(), target(0)))
            .getMessage();
    assertTrue(said.contains("no layer of the model gives feature maps"), said);
  }

  @Test
  void imagesAndTargetsMustBeAsMany() {
    Module model = model(SMOOTH);
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Saliency().attribute(model, image(), Tensor.ofInts(new int[2], 2)))
            .getMessage();
    assertTrue(said.contains("1 images but targets"), said);
  }

  @ParameterizedTest
  @CsvSource({
    "smoothgrad samples=0",
    "smoothgrad noise=-1",
    "integrated_gradients steps=0",
    "occlusion window=0",
    "occlusion stride=0"
  })
  void settingsThatCannotBeAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Attributions.parse(text));
  }
}
