package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Settings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {
  private static Module model(String text, Shape image) {
    return Models.parse(text).build(image, 10, new RandomStream(1, "init"));
  }

  private static String refusal(String text, Shape image) {
    return assertThrows(IllegalArgumentException.class, () -> model(text, image)).getMessage();
  }

  /**
   * mlp: 784 256 + 256 + 256 128 + 128 + 128 10 + 10; cnn: 9 32 + 32 + 9 32 64 + 64 + 31370;
   * control_cnn: 9 32 + 64 + (9 32 32 + 64) for each further layer, 256 times 7 7 32, 3 3 32, 32 or
   * 32 + 256, and 256 10 + 10.
   */
  @ParameterizedTest
  @CsvSource({
    "mlp, 235146",
    "cnn, 50186",
    "control_cnn layers=2, 413866",
    "control_cnn, 95466",
    "control_cnn layers=4, 39210",
    "control_cnn layers=5, 48490",
    "control_cnn width=8 hidden=16, 2610"
  })
  void aModelHasItsNumberOfParameters(String text, long count) {
    assertEquals(count, model(text, Shape.of(28, 28, 1)).parameterCount());
  }

  @Test
  void resNet18HasTheParametersAndNamesOfTheUsualOne() {
    Module model = model("resnet18", Shape.of(32, 32, 3));
    assertEquals(11_173_962, model.parameterCount());
    assertEquals(
        Shape.of(128, 1, 1, 64), model.stateDict().get("layer2.0.downsample.0.weight").shape());
    assertEquals(Shape.of(512), model.stateDict().get("layer4.1.bn2.running_var").shape());
  }

  /** 9 24 64 + 64 + (9 64 64 + 64), then to 256, 256 and 256 likewise, and 256 10 + 10. */
  @Test
  void speedNetHasItsNumberOfParametersAndGivesLogits() {
    Module model = model("speed_net", Shape.of(32, 32, 3));
    int convolutions = 9 * (24 * 64 + 64 * 64 + 64 * 256 + 3 * 256 * 256);
    assertEquals(convolutions + 2 * 2 * (64 + 256 + 256) + 2570, model.parameterCount());
    assertEquals(Shape.of(2, 10), model.forward(Tensor.ones(2, 32, 32, 3)).shape());
    assertTrue(refusal("speed_net", Shape.of(8, 9, 3)).contains("9 x 9"));
  }

  @Test
  void aNarrowResNet18HasAQuarterOfTheChannelsInEveryStage() {
    Module model = model("resnet18 width=16", Shape.of(32, 32, 3));
    assertEquals(Shape.of(16, 3, 3, 3), model.stateDict().get("conv1.weight").shape());
    assertEquals(Shape.of(10, 128), model.stateDict().get("fc.weight").shape());
  }

  /** As the models had them before they were settings. */
  @ParameterizedTest
  @CsvSource({"mlp, -361972766", "cnn, -725017617", "resnet18, -592599105"})
  void theWeightsOfASeedStayWhatTheyWere(String name, int digest) {
    int hash = 1;
    for (Tensor t : model(name, Shape.of(8, 8, 3)).stateDict().values()) {
      hash = 31 * hash + Arrays.hashCode(t.toFloats());
    }
    assertEquals(digest, hash);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 6, 5",
    "cnn, 6, 5",
    "mlp, 4, 4",
    "cnn, 4, 4",
    "control_cnn layers=5, 28, 28",
    "control_cnn, 6, 5",
    "resnet18 width=2, 8, 8",
    "resnet50 width=2, 8, 8",
    "resnet20, 8, 8",
    "mobilenet_v2 width=0.1 stem=small, 8, 8",
    "densenet121 growth=2 stem=small, 8, 8",
    "squeezenet1_1, 17, 17",
    "ensemble model=mlp members=3, 6, 5",
    "ensemble model=mlp members=2 combine=vote, 6, 5"
  })
  void everyModelGivesLogitsForItsImagesEvenForNone(String name, int h, int w) {
    Module model = model(name, Shape.of(h, w, 3));
    model.eval(); // in training no batch norm takes a batch of none
    assertEquals(Shape.of(2, 10), model.forward(Tensor.zeros(2, h, w, 3)).shape());
    assertEquals(Shape.of(0, 10), model.forward(Tensor.zeros(0, h, w, 3)).shape());
  }

  @Test
  void dropoutOfTheControlCnnDropsInTrainingAlone() {
    Shape image = Shape.of(8, 8, 1);
    Module model = model("control_cnn", image);
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 8, 8, 1));
    assertFalse(Arrays.equals(model.forward(x).toFloats(), model.forward(x).toFloats()));
    Module without = model("control_cnn dropout=0", image);
    assertArrayEquals(without.forward(x).toFloats(), without.forward(x).toFloats());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp",
        "resnet18 width=16",
        "resnet18 width=16 stem=imagenet",
        "wide_resnet50_2 width=32",
        "resnet56",
        "mobilenet_v2 width=0.5 stem=small",
        "densenet169 growth=12",
        "vgg16_bn",
        "control_cnn layers=2 dropout=0.25",
        "conv out=16 kernel=4 stride=2; relu; flatten; linear out=10",
        "ensemble members=3",
        "ensemble model=resnet18(width=16) members=5 combine=vote recompute=true",
        "ensemble model='conv out=4; flatten; linear out=10'",
        "normalize mean=[0.5,0.25,0.125] std=[1,2,3]; global_avg_pool; linear out=10"
      })
  void aModelIsReadBackFromItsText(String text) {
    Architecture model = Models.parse(text);
    assertEquals(text, Settings.text(model));
    assertEquals(model, Models.parse(Settings.text(model)));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNearest() {
    String message = refusal("resnet19", Shape.of(8, 8, 1));
    assertTrue(
        message.contains(
            "there is no model 'resnet19', did you mean 'resnet18'; choose mlp, cnn, resnet18,"
                + " resnet34,"),
        message);
  }

  @ParameterizedTest
  @CsvSource({
    "control_cnn layers=1, control_cnn: layers: 1: must be in 2..5",
    "control_cnn layers=6, control_cnn: layers: 6: must be in 2..5",
    "control_cnn width=0, control_cnn: width: 0: must be 1 or more",
    "control_cnn dropout=1, 'control_cnn: dropout: 1.0: must be in [0, 1)'",
    "control_cnn hidden=0, control_cnn: hidden: 0: must be 1 or more",
    "ensemble members=0, ensemble: members: 0: must be 1 or more",
    "ensemble combine=mean, 'combine: there is no ''mean''; choose mean_probability, mean_logit,"
        + " vote, weighted'",
    "resnet18 width=0, resnet18: width: 0: must be 1 or more",
    "cnn width=3, cnn: there is no setting 'width'; it has none"
  })
  void nonsenseIsRefusedByTheSettingsName(String text, String complaint) {
    String message = refusal(text, Shape.of(8, 8, 1));
    assertTrue(message.endsWith(complaint), message);
  }

  @Test
  void imagesTooSmallForThePoolingsAreRefused() {
    for (String name : new String[] {"cnn", "vgg11_bn", "squeezenet1_1", "densenet121"}) {
      String said = refusal(name, Shape.of(3, 8, 1));
      assertTrue(said.contains("are too small"), said);
    }
  }
}
