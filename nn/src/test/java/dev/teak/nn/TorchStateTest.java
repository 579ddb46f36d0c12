package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.models.Models;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchStateTest {
  private static final Shape IMAGE = Shape.of(6, 5, 3);

  private static Module model(String text, int seed) {
    return Models.parse(text).build(IMAGE, 10, new RandomStream(seed, "init"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp",
        "conv 4 3; relu; flatten; batch_norm; dropout; linear 7; relu; linear 10",
        "conv_transpose 4 3; batch_norm; flatten; linear 10",
        "resnet18 width=2"
      })
  void thereAndBackNoNumberChanges(String text) {
    Module from = model(text, 1);
    Map<String, Tensor> theirs = TorchState.of(from, IMAGE);
    Module to = model(text, 2);
    TorchState.load(to, IMAGE, theirs);
    from.stateDict()
        .forEach((name, t) -> assertArrayEquals(t.toFloats(), to.stateDict().get(name).toFloats()));
    Map<String, Tensor> again = TorchState.of(to, IMAGE);
    assertEquals(List.copyOf(theirs.keySet()), List.copyOf(again.keySet()));
    theirs.forEach(
        (name, t) -> {
          assertEquals(t.shape(), again.get(name).shape());
          assertEquals(t.toString(), again.get(name).toString());
        });
  }

  /** Column (h W + w) C + c of ours is column (c H + h) W + w of theirs. */
  @Test
  void theColumnsBehindAFlattenGoFromChannelsFirstToChannelsLast() {
    Module model = model("flatten; linear 10", 1);
    float[] ours = model.stateDict().get("1.weight").toFloats();
    float[] theirs = TorchState.of(model, IMAGE).get("1.weight").toFloats();
    for (int out = 0; out < 10; out++) {
      for (int i = 0; i < 90; i++) {
        int pixel = i / 3;
        assertEquals(ours[out * 90 + i], theirs[out * 90 + i % 3 * 30 + pixel]);
      }
    }
  }

  /** As wide as the flatten, but no longer flattened pixels. */
  @Test
  void aLaterLayerOfTheSameWidthKeepsItsColumns() {
    Module model = model("flatten; linear 90; batch_norm; linear 90; linear 10", 1);
    Map<String, Tensor> theirs = TorchState.of(model, IMAGE);
    for (String name : List.of("2.weight", "3.weight", "4.weight")) {
      assertArrayEquals(model.stateDict().get(name).toFloats(), theirs.get(name).toFloats(), name);
    }
  }

  @Test
  void aNormBetweenFlattenAndLinearIsReorderedToo() {
    Module model = model("flatten; batch_norm; linear 10", 1);
    float[] counting = new float[90];
    for (int i = 0; i < 90; i++) {
      counting[i] = i;
    }
    Update.assign(model.stateDict().get("1.running_mean"), counting);
    float[] theirs = TorchState.of(model, IMAGE).get("1.running_mean").toFloats();
    assertArrayEquals(new float[] {0, 3, 6}, new float[] {theirs[0], theirs[1], theirs[2]});
    assertEquals(1, theirs[30]);
  }

  @Test
  void prefixesAndOldNamesAreUnderstood() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("module.features.denseblock1.denselayer2.norm.1.weight", Tensor.zeros(1));
    state.put("module.features.denseblock1.denselayer2.conv.2.weight", Tensor.zeros(1));
    state.put("module.features.norm5.weight", Tensor.zeros(1));
    assertEquals(
        List.of(
            "features.denseblock1.denselayer2.norm1.weight",
            "features.denseblock1.denselayer2.conv2.weight",
            "features.norm5.weight"),
        List.copyOf(TorchState.toOurs(model("mlp", 1), IMAGE, state).keySet()));
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsLoaded() {
    Module model = model("mlp", 1);
    Map<String, Tensor> state = new LinkedHashMap<>(TorchState.of(model("mlp", 2), IMAGE));
    state.put("5.weight", Tensor.zeros(11, 128));
    float[] before = model.stateDict().get("1.weight").toFloats();
    String said =
        assertThrows(IllegalArgumentException.class, () -> TorchState.load(model, IMAGE, state))
            .getMessage();
    assertTrue(said.contains("'5.weight' is [11, 128], expected [10, 128]"), said);
    assertArrayEquals(before, model.stateDict().get("1.weight").toFloats());
  }
}
