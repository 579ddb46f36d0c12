package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a chain of layers fuses gives what the layers give one by one. */
class SequentialTest {
  private static List<Module> layers(boolean pooled) {
    RandomStream init = new RandomStream(3, "init");
    List<Module> layers = new ArrayList<>();
    layers.add(Conv2d.of(2, 5, 3).padding(1).init(init));
    layers.add(Layers.relu());
    if (pooled) {
      layers.add(Layers.maxPool2d(2));
    }
    layers.add(Conv2d.of(5, 4, 3).padding(1).init(init));
    layers.add(Layers.relu());
    layers.add(Layers.maxPool2d(3, 2, 1));
    layers.add(Conv2d.of(4, 3, 2).init(init));
    layers.add(Layers.gelu());
    layers.add(Conv2d.of(3, 2, 1).init(init));
    layers.add(Layers.silu());
    layers.add(Layers.flatten());
    return layers;
  }

  /** Output, then the gradients of input and parameters. */
  private static List<double[]> run(Module model) {
    Tensor x = new RandomStream(5, "x").uniform(Shape.of(3, 9, 8, 2), -1, 1).requiresGrad(true);
    Tensor y = model.forward(x);
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    inputs.addAll(model.parameters());
    List<double[]> results = new ArrayList<>(List.of(y.toDoubles()));
    for (Tensor g : Autograd.grad(y.square().sum(), inputs, Autograd.Options.PLAIN)) {
      results.add(g.toDoubles());
    }
    return results;
  }

  private static final class OneByOne extends Module {
    private final List<Module> layers;

    OneByOne(List<Module> layers) {
      this.layers = layers;
      for (int i = 0; i < layers.size(); i++) {
        submodule(Integer.toString(i), layers.get(i));
      }
    }

    @Override
    protected Tensor compute(Tensor x) {
      for (Module layer : layers) {
        x = layer.forward(x);
      }
      return x;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void fusedLayersGiveWhatTheyGiveOneByOne(String device) {
    for (boolean pooled : new boolean[] {true, false}) {
      try (Devices.Use use = Devices.use(device);
          Scope scope = Scope.open()) {
        List<double[]> fused = run(new Sequential(layers(pooled).toArray(new Module[0])));
        List<double[]> oneByOne = run(new OneByOne(layers(pooled)));
        assertEquals(oneByOne.size(), fused.size());
        double tolerance = device.equals("reference") ? 1e-12 : 1e-4;
        for (int i = 0; i < fused.size(); i++) {
          assertArrayEquals(oneByOne.get(i), fused.get(i), tolerance, "result " + i);
        }
      }
    }
  }
}
