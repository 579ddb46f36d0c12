package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayerListTest {
  private static final Written.Place PLACE = new Written.Place("models.yaml", 3);

  private static Module build(String text, Shape image) {
    return Models.parse(text).build(image, 10, new RandomStream(1, "init"));
  }

  private static String refusal(String text, Shape image) {
    return assertThrows(IllegalArgumentException.class, () -> build(text, image)).getMessage();
  }

  @Test
  void layersTakeTheirInputsFromThoseBeforeThem() {
    Module model =
        build("conv 16 4 stride 2 padding 1; relu; flatten; linear 10", Shape.of(28, 28, 3));
    assertEquals(Shape.of(16, 4, 4, 3), model.stateDict().get("0.weight").shape());
    assertEquals(Shape.of(10, 14 * 14 * 16), model.stateDict().get("3.weight").shape());
    assertEquals(Shape.of(2, 10), model.forward(Tensor.zeros(2, 28, 28, 3)).shape());
  }

  @Test
  void aListOfAFileIsTheSameModelAsItsText() {
    Map<String, Written.Entry> out = new LinkedHashMap<>();
    out.put("out", new Written.Entry(PLACE, new Written.Text("4", PLACE)));
    Map<String, Written.Entry> conv = new LinkedHashMap<>();
    conv.put("conv", new Written.Entry(PLACE, new Written.Mapping(out, PLACE)));
    Written list =
        new Written.Sequence(
            List.of(
                new Written.Mapping(conv, PLACE),
                new Written.Text("flatten", PLACE),
                new Written.Text("linear 10", PLACE)),
            PLACE);
    assertEquals(
        Models.parse("conv 4; flatten; linear 10"), Settings.read(Architecture.class, list));
  }

  @Test
  void aSingleLayerIsAModelToo() {
    assertEquals(
        new LayerList(List.of(new WeightLayers.Dense(10, false))),
        Models.parse("linear 10 bias=false"));
  }

  /** A record with a model among its settings. */
  record Pair(Architecture model, int count) {}

  @Test
  void aListOfLayersMayBeASettingAmongOthers() {
    Pair pair = Settings.parse(Pair.class, "model='flatten; linear 10' count=2");
    assertEquals(Models.parse("flatten; linear 10"), pair.model());
    assertEquals(2, pair.count());
  }

  @Test
  void settingsInResultsHaveEachLayerWithItsOwn() {
    Map<String, Object> settings =
        Models.REGISTRY.settings(Models.parse("flatten; linear 10 bias=false"));
    assertEquals("layers", settings.get("name"));
    assertEquals(
        List.of(Map.of("name", "flatten"), Map.of("name", "linear", "out", 10, "bias", false)),
        settings.get("layers"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "relu; linear 10 | layer 2, 'linear out=10', does not fit its input [4, 4, 3]: it takes a"
            + " row of numbers; put flatten or global_avg_pool before it",
        "flatten; conv 8 | layer 2, 'conv out=8', does not fit its input [48]: it takes an image"
            + " [H, W, C]; put it before flatten",
        "flatten; conv_transpose 8 | layer 2, 'conv_transpose out=8', does not fit its input [48]:"
            + " it takes an image [H, W, C]; put it before flatten",
        "flatten; linear 8; relu | layer 3, 'relu', gives 8 numbers for an image; a model of 10"
            + " classes ends with 10 numbers, as of 'linear 10'",
        "conv 10 1 | layer 1, 'conv out=10 kernel=1', gives [4, 4, 10] for an image; a model of 10"
            + " classes ends with 10 numbers, as of 'linear 10'",
      })
  void whatDoesNotFitIsNamedWithItsInput(String text, String complaint) {
    assertEquals(complaint, refusal(text, Shape.of(4, 4, 3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv 8 9; flatten; linear 10 | layer 1, 'conv out=8 kernel=9',",
        "group_norm 2; flatten; linear 10 | layer 1, 'group_norm groups=2',",
        "normalize 1,2 3,4; flatten; linear 10 | layer 1, 'normalize mean=[1,2] std=[3,4]',",
        "max_pool 5; flatten; linear 10 | layer 1, 'max_pool window=5',",
      })
  void whatAnOpRefusesNamesTheLayerToo(String text, String layer) {
    String message = refusal(text, Shape.of(4, 4, 3));
    assertTrue(message.startsWith(layer + " does not fit its input [4, 4, 3]: "), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv 0; relu | conv: out: 0: must be 1 or more",
        "conv; relu | conv: the setting 'out' is missing",
        "conv 4 0; relu | conv: kernel: 0: must be 1 or more",
        "conv 4 stride 0; relu | conv: stride: 0: must be 1 or more",
        "conv 4 padding=-1; relu | conv: padding: -1: must be 0 or more",
        "conv 4 dilation=0; relu | conv: dilation: 0: must be 1 or more",
        "conv_transpose 4 output_padding=-1; relu |"
            + " conv_transpose: output_padding: -1: must be 0 or more",
        "linear 0; relu | linear: out: 0: must be 1 or more",
        "batch_norm eps=-1; relu | batch_norm: eps: -1.0: must be 0 or more",
        "batch_norm momentum=2; relu | batch_norm: momentum: 2.0: must be in 0..1",
        "group_norm 0; relu | group_norm: groups: 0: must be 1 or more",
        "leaky_relu 2; relu | leaky_relu: slope: 2.0: must be in 0..1",
        "normalize 0.5 0; relu | normalize: std: [0.0]: must be above 0",
        "normalize 0.5 1,2; relu | normalize: std: has 2 numbers, mean has 1; as many of both",
        "max_pool 0; relu | max_pool: window: 0: must be 1 or more",
        "max_pool 2 stride=0; relu | max_pool: stride: 0: must be 1 or more",
        "avg_pool 2 padding=2; relu |"
            + " avg_pool: padding: 2: must be 0 to half of the window of 2",
        "upsample 0; relu | upsample: factor: 0.0: must be above 0, and finite",
        "resize 0 1; relu | resize: height: 0: must be 1 or more",
        "dropout 1; relu | dropout: p: 1.0: must be in [0, 1)",
        "conv 4; rleu | there is no layer 'rleu', did you mean 'relu'",
      })
  void nonsenseIsRefusedByTheSettingsName(String text, String complaint) {
    String message = refusal(text, Shape.of(4, 4, 3));
    assertTrue(message.contains(complaint), message);
  }

  static List<String> kinds() {
    return LayerKinds.REGISTRY.entries().stream().map(Kind.Entry::name).toList();
  }

  private static String sample(String kind) {
    return switch (kind) {
      case "conv", "conv_transpose", "linear" -> kind + " 4";
      case "group_norm", "upsample" -> kind + " 2";
      case "normalize" -> kind + " 0.5 0.25";
      case "resize" -> kind + " 3 5";
      default -> kind;
    };
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyLayerRunsIsReadBackAndSaysItsName(String kind) {
    Layer layer = LayerKinds.REGISTRY.read(Written.of(sample(kind)));
    assertEquals(layer, LayerKinds.REGISTRY.read(Written.of(Settings.text(layer))));
    Shape input = kind.equals("linear") ? Shape.of(4) : Shape.of(4, 6, 2);
    Module module = layer.build(input, new RandomStream(1, "init"));
    int[] images = kind.equals("linear") ? new int[] {2, 4} : new int[] {2, 4, 6, 2};
    assertEquals(2, module.forward(Tensor.zeros(images)).shape().dim(0));
    String text = module.toString().toLowerCase(Locale.ROOT);
    assertTrue(text.contains(kind.replace("_", "")), text);
  }

  /** What the settings of a layer without weights make of the rows 1 2 3 4 and 5 6 7 8. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_pool 2; flatten | 6, 8",
        "max_pool 2 stride=1; flatten | 6, 7, 8",
        "max_pool 2 padding=1; flatten | 1, 3, 4, 5, 7, 8",
        "avg_pool 2; flatten | 3.5, 5.5",
        "avg_pool 2 1; flatten | 3.5, 4.5, 5.5",
        "global_avg_pool | 4.5",
        "resize 1 2 nearest; flatten | 1, 3",
        "resize 1 2; flatten | 3.5, 5.5",
        "max_pool 2; upsample 2; flatten | 6, 6, 8, 8, 6, 6, 8, 8",
        "normalize 1 2; global_avg_pool | 1.75",
        "normalize 5 1; leaky_relu 0.5; flatten | -2, -1.5, -1, -0.5, 0, 1, 2, 3",
      })
  void settingsOfLayersDoWhatTheySay(String text, String expected) {
    double[] want = Arrays.stream(expected.split(",")).mapToDouble(Double::parseDouble).toArray();
    Module model =
        Models.parse(text).build(Shape.of(2, 4, 1), want.length, new RandomStream(1, "init"));
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4, 1);
    assertArrayEquals(want, model.forward(x).toDoubles(), 1e-6); // a few roundings of numbers to 8
  }

  @Test
  void twoDropoutsDrawMasksOfTheirOwn() {
    Module model =
        Models.parse("flatten; dropout 0.5; dropout 0.5")
            .build(Shape.of(1, 64, 1), 64, new RandomStream(1, "init"));
    List<RandomStream> streams = List.copyOf(model.namedStreams().values());
    Shape shape = Shape.of(8);
    assertNotEquals(
        Arrays.toString(streams.get(0).uniform(shape).toFloats()),
        Arrays.toString(streams.get(1).uniform(shape).toFloats()));
  }
}
