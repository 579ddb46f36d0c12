package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The autoencoders by name and as layers: what is read, what is built, what is refused. */
class AutoencodersTest {
  private static final String LAYERS =
      "conv 4 3 stride=2 padding=1; relu; conv_transpose 1 3 stride=2 padding=1 output_padding=1;"
          + " sigmoid";

  private static Module build(String text, Shape image) {
    return Settings.parse(Autoencoder.class, text).build(image, new RandomStream(1, "init"));
  }

  private static String refusal(String text, Shape image) {
    return assertThrows(IllegalArgumentException.class, () -> build(text, image)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conv_autoencoder",
        "conv_autoencoder inner=4",
        "vae",
        "vae latent=2 beta=0.5 sample=true",
        "aae hidden=8 weight=0.1",
        "conv out=1; sigmoid"
      })
  void anAutoencoderIsReadBackFromItsText(String text) {
    Autoencoder model = Settings.parse(Autoencoder.class, text);
    assertEquals(text, Settings.text(model));
    assertEquals(model, Settings.parse(Autoencoder.class, Settings.text(model)));
  }

  /** A record with an autoencoder among its settings. */
  record Front(Autoencoder model, int count) {}

  @ParameterizedTest
  @CsvSource({"vae(latent=2), vae latent=2", "\"conv 1; sigmoid\", conv 1; sigmoid"})
  void oneMayBeASettingAmongOthers(String setting, String text) {
    Front front = Settings.parse(Front.class, "model=" + setting + " count=2");
    assertEquals(new Front(Settings.parse(Autoencoder.class, text), 2), front);
  }

  @Test
  void layersOfOnesOwnGiveImagesBack() {
    Tensor y = build(LAYERS, Shape.of(6, 8, 1)).forward(Tensor.zeros(2, 6, 8, 1));
    assertEquals(Shape.of(2, 6, 8, 1), y.shape());
  }

  /**
   * conv_autoencoder: 9 16 + 16 + 9 16 8 + 8 + 9 8 8 + 8 + 9 8 16 + 16 + 9 16 + 1. Its code has 7 7
   * 8 = 392 numbers: vae has 393 16 + 17 392 more, for two numbers of each of 8, aae 392 8 + 8 and
   * 9 392.
   */
  @ParameterizedTest
  @CsvSource({
    "conv_autoencoder, 3217",
    "vae latent=8, 13033",
    "aae latent=8, 9889",
  })
  void anAutoencoderHasItsNumberOfParameters(String text, long count) {
    assertEquals(count, build(text, Shape.of(28, 28, 1)).parameterCount());
  }

  @Test
  void theCodeOfThePaperIsSevenBySeven() {
    Module encoder = build("conv_autoencoder", Shape.of(28, 28, 1)).getSubmodule("0");
    assertEquals(Shape.of(1, 7, 7, 8), encoder.forward(Tensor.zeros(1, 28, 28, 1)).shape());
  }

  static Stream<Backend> backends() {
    return Stream.of(Devices.open("java"), JavaBackend.scalar());
  }

  /** What each gives in training, and the gradients of its parameters. */
  private static List<double[]> numbers(String text) {
    try (Scope scope = Scope.open()) {
      Module model = build(text, Shape.of(9, 6, 3));
      Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 9, 6, 3));
      Tensor y = model.forward(x);
      y.square().mean().backward();
      List<double[]> all = new ArrayList<>(List.of(y.toDoubles()));
      model.parameters().forEach(p -> all.add(p.grad().toDoubles()));
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyBackendHasTheNumbersOfTheReference(Backend backend) {
    for (String text :
        List.of("conv_autoencoder", "vae latent=3", "aae latent=3", "conv 3 1; sigmoid")) {
      List<double[]> expected;
      try (Devices.Use use = Devices.use("reference")) {
        expected = numbers(text);
      }
      try (Devices.Use use = Devices.use(backend)) {
        List<double[]> found = numbers(text);
        for (int i = 0; i < expected.size(); i++) {
          // Five layers of sums of at most 144 products below 1, in float32.
          assertArrayEquals(expected.get(i), found.get(i), 1e-5, text + ", result " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv_autoencoder | autoencoder: images [3, 8, 1]: two strides of 2 need images [H, W, C] of"
            + " 4 x 4 or more",
        "conv 1; flatten | layer 2, 'flatten', gives 6 numbers for an image; an autoencoder ends"
            + " with the shape of its images, [3, 8, 1]",
        "conv 2 1 | layer 1, 'conv out=2 kernel=1', gives [3, 8, 2] for an image; an autoencoder"
            + " ends with the shape of its images, [3, 8, 1]",
      })
  void whatDoesNotFitTheImagesIsRefused(String text, String complaint) {
    assertEquals(complaint, refusal(text, Shape.of(3, 8, 1)));
  }

  @ParameterizedTest
  @CsvSource({
    "conv_autoencoder outer=0, outer: 0: must be 1 or more",
    "conv_autoencoder inner=0, inner: 0: must be 1 or more",
    "vae latent=0, latent: 0: must be 1 or more",
    "vae beta=-1, 'beta: -1.0: must be 0 or more, and finite'",
    "aae latent=0, latent: 0: must be 1 or more",
    "aae hidden=0, hidden: 0: must be 1 or more",
    "aae weight=NaN, 'weight: NaN: must be 0 or more, and finite'",
    "aae discriminator_lr=-1, 'discriminator_lr: -1.0: must be 0 or more, and finite'",
    "vea, 'there is no autoencoder ''vea'', did you mean ''vae'''"
  })
  void nonsenseIsRefusedByTheSettingsName(String text, String complaint) {
    String message = refusal(text, Shape.of(8, 8, 1));
    assertTrue(message.contains(complaint), message);
  }
}
