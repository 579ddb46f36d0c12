package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Hooks;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.models.Models;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks on the outputs of layers, and on their gradients. */
class ModuleHooksTest {
  private static Module cnn() {
    return Models.parse("cnn").build(Shape.of(8, 8, 1), 10, new RandomStream(1, "init"));
  }

  private static Tensor images() {
    return new RandomStream(2, "images").uniform(Shape.of(3, 8, 8, 1));
  }

  private static Tensor loss(Module model) {
    return Losses.crossEntropy(model.forward(images()), Tensor.ofInts(new int[] {1, 2, 3}, 3));
  }

  @Test
  void everyLayersOutputIsSeenFusedOrNot() {
    Module model = cnn();
    List<String> seen = new ArrayList<>();
    model
        .namedModules()
        .forEach(
            (name, part) ->
                part.registerForwardHook(
                    (module, input, output) -> {
                      assertEquals(part, module);
                      seen.add(name + " " + input.shape() + " " + output.shape());
                      return null;
                    }));
    model.forward(images());
    assertEquals(
        List.of(
            "0 [3, 8, 8, 1] [3, 8, 8, 32]",
            "1 [3, 8, 8, 32] [3, 8, 8, 32]",
            "2 [3, 8, 8, 32] [3, 4, 4, 32]",
            "3 [3, 4, 4, 32] [3, 4, 4, 64]",
            "4 [3, 4, 4, 64] [3, 4, 4, 64]",
            "5 [3, 4, 4, 64] [3, 2, 2, 64]",
            "6 [3, 2, 2, 64] [3, 256]",
            "7 [3, 256] [3, 10]",
            " [3, 8, 8, 1] [3, 10]"),
        seen);
  }

  /**
   * Watching must not change what is watched: 300 roundings at most apart, as of any other order.
   */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void aHookThatOnlyLooksChangesNoGradient(String device) {
    try (Devices.Use use = Devices.use(device)) {
      double tolerance = device.equals("reference") ? 1e-13 : 1e-5;
      for (Module model : List.of(cnn(), resNet())) {
        loss(model).backward();
        List<double[]> before = gradients(model);
        model.zeroGrad();
        model
            .namedModules()
            .values()
            .forEach(
                part -> {
                  part.registerForwardHook((m, x, y) -> null);
                  part.registerBackwardHook(g -> null);
                });
        loss(model).backward();
        List<double[]> after = gradients(model);
        for (int i = 0; i < before.size(); i++) {
          assertArrayEquals(before.get(i), after.get(i), tolerance);
        }
      }
    }
  }

  private static Module resNet() {
    return new ResNet(1, 10, 64, new RandomStream(1, "init"), 1, 1, 1, 1);
  }

  private static List<double[]> gradients(Module model) {
    return model.parameters().stream().map(p -> p.grad().toDoubles()).toList();
  }

  @Test
  void aForwardHookReplacesTheOutputInOrder() {
    Module layer = Layers.identity();
    layer.registerForwardHook((m, x, y) -> y.add(1));
    Hooks.Handle handle = layer.registerForwardHook((m, x, y) -> y.mul(10));
    assertEquals(30, layer.forward(Tensor.scalar(2)).item());
    handle.remove();
    assertEquals(3, layer.forward(Tensor.scalar(2)).item());
  }

  @Test
  void aBackwardHookReplacesTheGradientOfItsLayerOnlyInOrder() {
    Module model =
        new Sequential(Layers.of(x -> x.mul(2)), Layers.identity(), Layers.of(x -> x.mul(3)));
    List<Double> seen = new ArrayList<>();
    Module middle = model.getSubmodule("1");
    middle.registerBackwardHook(
        g -> {
          seen.add(g.item());
          return g.mul(10);
        });
    middle.registerBackwardHook(
        g -> {
          seen.add(g.item());
          return null;
        });
    Tensor x = Tensor.scalar(1).requiresGrad(true);
    Tensor y = model.forward(x);
    assertEquals(6, y.item());
    assertEquals(60, Autograd.grad(y, x).item());
    assertEquals(List.of(3.0, 30.0), seen);
  }

  /** The identity gives its input itself, which others use too. */
  @Test
  void aLayerThatGivesItsInputBackHooksOnlyItsOwnPath() {
    Module layer = Layers.identity();
    Hooks.Handle zero = layer.registerBackwardHook(g -> g.mul(0));
    Tensor x = Tensor.scalar(1).requiresGrad(true);
    assertEquals(5, Autograd.grad(layer.forward(x).add(x.mul(5)), x).item());
    zero.remove();
    assertEquals(6, Autograd.grad(layer.forward(x).add(x.mul(5)), x).item());
  }

  @Test
  void backwardHooksAreQuietWhereNothingWantsAGradient() {
    Module layer = Layers.relu();
    layer.registerBackwardHook(g -> g.mul(0));
    assertNull(layer.forward(Tensor.ones(2)).gradFn());
  }

  @Test
  void partsAreFoundByName() {
    Module model = resNet();
    assertTrue(model.getSubmodule("layer2.0.bn1") instanceof BatchNorm);
    assertEquals(model, model.getSubmodule(""));
    String message =
        assertThrows(IllegalArgumentException.class, () -> cnn().getSubmodule("conv1"))
            .getMessage();
    assertEquals(
        "module: there is no part 'conv1'; the parts are [, 0, 1, 2, 3, 4, 5, 6, 7]", message);
  }
}
