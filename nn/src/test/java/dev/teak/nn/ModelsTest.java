package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {
  private static Module model(String name, Shape image) {
    return Models.byName(name, image, 10, new RandomStream(1, "init"));
  }

  /** mlp: 784 256 + 256 + 256 128 + 128 + 128 10 + 10; cnn: 9 32 + 32 + 9 32 64 + 64 + 31370. */
  @ParameterizedTest
  @CsvSource({"mlp, 235146", "cnn, 50186"})
  void aModelHasItsNumberOfParameters(String name, long count) {
    assertEquals(count, model(name, Shape.of(28, 28, 1)).parameterCount());
  }

  @Test
  void resNet18HasTheParametersAndNamesOfTheUsualOne() {
    Module model = model("resnet18", Shape.of(32, 32, 3));
    assertEquals(11_173_962, model.parameterCount());
    assertEquals(
        Shape.of(128, 1, 1, 64), model.stateDict().get("layer2.0.downsample.0.weight").shape());
    assertEquals(Shape.of(512), model.stateDict().get("layer4.1.bn2.running_var").shape());
  }

  @ParameterizedTest
  @CsvSource({"mlp, 6, 5", "cnn, 6, 5", "mlp, 4, 4", "cnn, 4, 4"})
  void everyModelGivesLogitsForItsImagesEvenForNone(String name, int h, int w) {
    Module model = model(name, Shape.of(h, w, 3));
    assertEquals(Shape.of(2, 10), model.forward(Tensor.zeros(2, h, w, 3)).shape());
    assertEquals(Shape.of(0, 10), model.forward(Tensor.zeros(0, h, w, 3)).shape());
  }

  @Test
  void theSameSeedGivesTheSameWeights() {
    Shape image = Shape.of(8, 8, 1);
    model("cnn", image)
        .stateDict()
        .forEach(
            (name, t) ->
                assertArrayEquals(
                    t.toFloats(), model("cnn", image).stateDict().get(name).toFloats()));
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> model("transformer", Shape.of(8, 8, 1)))
            .getMessage();
    assertEquals("there is no model 'transformer'; the models are mlp, cnn, resnet18", message);
  }

  @Test
  void imagesTooSmallForThePoolingsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> model("cnn", Shape.of(3, 8, 1)));
  }
}
