package dev.teak.defenses.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.WrapperDefense;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureDenoisingTest {
  private static Module model() {
    return new Sequential(Layers.identity(), Layers.relu(), Layers.flatten());
  }

  private static Module wrapped(String text, Module model, Shape image, long seed) {
    return Settings.parse(WrapperDefense.class, text)
        .wrap(Trainee.of(model, image, image.size(), seed));
  }

  /** A block that gives x + 2 filter(x) + 1, with theta and phi that leave their input. */
  private static Module known(String text, Shape image) {
    Module model = wrapped(text, model(), image, 1);
    Map<String, Tensor> state = model.stateDict();
    for (Map.Entry<String, Tensor> e : state.entrySet()) {
      boolean conv = e.getKey().contains("conv");
      double value = e.getKey().endsWith("weight") ? (conv ? 2 : 1) : (conv ? 1 : 0);
      Update.assign(e.getValue(), Tensor.full(value, e.getValue().shape().dims()));
    }
    return model;
  }

  /**
   * Of the pixels 1 2 / 3 4. Every 3x3 window holds all of them and five zeros, so the means are 10
   * / 9. With its own pixels again beyond the edge, the window at 1 is 1 1 1 1 2 2 3 3 4, at 2 is 1
   * 1 2 2 2 2 3 4 4, at 3 is 1 1 2 3 3 3 3 4 4, at 4 is 1 2 2 3 3 4 4 4 4. The Gaussian of
   * deviation 0.8 has 0.5220115 in its middle, and reflection gives the rest, 0.4779885, to the
   * other pixel of a row and of a column; so 1 becomes 1 + 3 0.4779885, and so on.
   */
  @ParameterizedTest
  @CsvSource({
    "mean, 1.1111111 1.1111111 1.1111111 1.1111111",
    "median, 2 2 3 3",
    "gaussian, 2.4339656 2.4779885 2.5220115 2.5660344",
  })
  void theBlockAddsTheMixedFilterToTheMaps(String filter, String filtered) {
    double[] f = Arrays.stream(filtered.split(" ")).mapToDouble(Double::parseDouble).toArray();
    Module model = known("feature_denoising @1 filter=" + filter, Shape.of(2, 2, 1));
    double[] y = model.forward(Tensor.of(new double[] {1, 2, 3, 4}, 1, 2, 2, 1)).toDoubles();
    for (int i = 0; i < 4; i++) {
      assertEquals(i + 1 + 2 * f[i] + 1, y[i], 2e-6); // a few roundings of floats near 10
    }
  }

  /**
   * Of the pixels 1 and 2: at 1 the weights are the softmax of 1 and 2, so the mean is 1 +
   * 0.7310586; at 2 of 2 and 4, so it is 1 + 0.8807971.
   */
  @Test
  void nonLocalMeansWeighAllPixelsByTheirLikeness() {
    Module model = known("feature_denoising @1", Shape.of(1, 2, 1));
    double[] y = model.forward(Tensor.of(new double[] {1, 2}, 1, 1, 2, 1)).toDoubles();
    assertArrayEquals(new double[] {1 + 2 * 1.7310586 + 1, 2 + 2 * 1.8807971 + 1}, y, 2e-6);
  }

  /** Behind part 0 the relu makes 0 of what is negative; behind the relu it stays. */
  @Test
  void theBlockStandsBehindTheNamedLayer() {
    Tensor x = Tensor.of(new double[] {-1, -1}, 1, 1, 2, 1);
    assertArrayEquals( // -1 + 2 (-1) + 1 = -2, then the relu
        new double[] {0, 0},
        known("feature_denoising @0", Shape.of(1, 2, 1)).forward(x).toDoubles());
    assertArrayEquals( // the relu's 0, and 1
        new double[] {1, 1},
        known("feature_denoising @1", Shape.of(1, 2, 1)).forward(x).toDoubles());
  }

  @Test
  void itsConvolutionsTrainAndAreDrawnByTheSeed() {
    Module model = wrapped("feature_denoising @0", model(), Shape.of(2, 2, 3), 1);
    assertEquals(
        List.of(
            "denoise0.theta.weight",
            "denoise0.theta.bias",
            "denoise0.phi.weight",
            "denoise0.phi.bias",
            "denoise0.conv.weight",
            "denoise0.conv.bias"),
        List.copyOf(model.namedParameters().keySet()));
    Module other = wrapped("feature_denoising @0", model(), Shape.of(2, 2, 3), 2);
    assertFalse(
        Arrays.equals(model.parameters().get(0).toFloats(), other.parameters().get(0).toFloats()));
    Tensor x = Tensor.ones(1, 2, 2, 3);
    model.forward(x).square().sum().backward();
    model.parameters().forEach(p -> assertEquals(p.shape(), p.grad().shape()));
  }

  /** Nodes below 1.5 are cut before the filter: 0 2 -> means 2 / 9, and not of 1 2. */
  @Test
  void defensesOfOneLayerActInTheirOrder() {
    Trainee plain = Trainee.of(model(), Shape.of(1, 2, 1), 2, 1);
    WrapperDefense cut = Settings.parse(WrapperDefense.class, "unused_nodes below=1.5");
    WrapperDefense filter = Settings.parse(WrapperDefense.class, "feature_denoising @1 mean");
    Module inner = cut.wrap(plain);
    Module both = filter.wrap(plain.model(inner));
    Map<String, Tensor> state = both.stateDict();
    Update.assign(state.get("denoise0.conv.weight"), Tensor.ones(1, 1, 1, 1));
    Update.assign(state.get("denoise0.conv.bias"), Tensor.zeros(1));
    Tensor x = Tensor.of(new double[] {1, 2}, 1, 1, 2, 1).requiresGrad(true);
    double[] expected = {2 / 9.0, 2 + 2 / 9.0};
    assertArrayEquals(expected, both.forward(x).toDoubles(), 1e-6);
    both.forward(x).sum().backward();
    assertArrayEquals(new double[] {0, 11 / 9.0}, x.grad().toDoubles(), 1e-6);
    x.zeroGrad();
    Module known = filter.attackedThrough(plain.model(cut.attackedThrough(plain, inner)), both);
    assertArrayEquals(expected, known.forward(x).toDoubles(), 1e-6);
    known.forward(x).sum().backward();
    assertArrayEquals(new double[] {11 / 9.0, 11 / 9.0}, x.grad().toDoubles(), 1e-6);
  }

  @Test
  void aBlockStandsBehindEveryReluWithFeatureMapsWhereNoLayerIsNamed() {
    Module model =
        new Sequential(
            Layers.relu(),
            Layers.of(x -> Tensor.concat(3, List.of(x, x))),
            Layers.relu(),
            Layers.flatten(),
            Layers.relu());
    Module denoised = wrapped("feature_denoising mean", model, Shape.of(2, 2, 1), 1);
    assertEquals(
        List.of(Shape.of(1, 1, 1, 1), Shape.of(1), Shape.of(2, 1, 1, 2), Shape.of(2)),
        denoised.parameters().stream().map(Tensor::shape).toList());
    Tensor x = Tensor.ones(1, 2, 2, 1);
    denoised.parameters().forEach(p -> Update.assign(p, Tensor.full(0, p.shape().dims())));
    assertArrayEquals(model.forward(x).toFloats(), denoised.forward(x).toFloats());
    // each block gives x + 1: the first makes 2 of 1, the second 3 of 2
    denoised.namedParameters().forEach(FeatureDenoisingTest::addOne);
    assertArrayEquals(new float[] {3, 3, 3, 3, 3, 3, 3, 3}, denoised.forward(x).toFloats());
  }

  private static void addOne(String name, Tensor parameter) {
    if (name.endsWith("bias")) {
      Update.assign(parameter, Tensor.ones(parameter.shape().dims()));
    }
  }

  @Test
  void aModelWithoutFeatureMapsIsRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    wrapped(
                        "feature_denoising",
                        new Sequential(Layers.flatten(), Layers.relu()),
                        Shape.of(2, 2, 1),
                        1))
            .getMessage();
    assertEquals(
        "feature_denoising: no relu of the model gives feature maps [N, H, W, C]; name a layer that"
            + " does, of [, 0, 1]",
        message);
  }

  @Test
  void aLayerWithoutFeatureMapsIsRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> wrapped("feature_denoising @2", model(), Shape.of(2, 2, 1), 1))
            .getMessage();
    assertEquals(
        "feature_denoising: layer 2 gives [1, 4]; expects feature maps [N, H, W, C]", message);
  }
}
