package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.optim.Sgd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer or a parameter in several places is one: PyTorch's numbers (2.13) for tied weights. */
class SharedPartsTest {
  /** y = 0.5 x. */
  private static Linear half() {
    Linear l = new Linear(1, 1, new RandomStream(1, "init"));
    Update.assign(l.stateDict().get("weight"), 0.5f);
    Update.assign(l.stateDict().get("bias"), 0);
    return l;
  }

  private static Linear square(String stream) {
    return new Linear(3, 3, new RandomStream(1, stream));
  }

  private static double value(Module model, String name) {
    return model.stateDict().get(name).item();
  }

  /** dy/dw = relu(w x) + w x = 2 and dy/db = 1 + w = 1.5; Adam's first step is its rate. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void aLayerUsedTwiceIsCountedAndSteppedOnce(String device) {
    try (Devices.Use use = Devices.use(device)) {
      Map<Function<Map<String, Tensor>, Optimizer>, double[]> steps = new LinkedHashMap<>();
      steps.put(p -> new Sgd(p, 0.1), new double[] {0.3, -0.15});
      steps.put(p -> Adam.adam(p, 0.1), new double[] {0.4, -0.1});
      steps.forEach(
          (make, expected) -> {
            Linear l = half();
            Module model = new Sequential(l, Layers.relu(), l);
            assertEquals(2, model.parameterCount());
            Optimizer optimizer = make.apply(model.namedParameters());
            model.forward(Tensor.of(new float[] {2}, 1, 1)).sum().backward();
            optimizer.step();
            assertEquals(expected[0], value(model, "0.weight"), 1e-6); // roundings near 0.5
            assertEquals(expected[1], value(model, "2.bias"), 1e-6);
          });
    }
  }

  /** The same function, of a layer that has one name. */
  private static final class Twice extends Module {
    private final Module layer;

    Twice(Module layer) {
      this.layer = submodule("0", layer);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return layer.forward(layer.forward(x).relu());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void everyOptimizerMovesItAsALayerOfOneName(String device) {
    try (Devices.Use use = Devices.use(device)) {
      List<Function<Map<String, Tensor>, Optimizer>> optimizers =
          List.of(
              p -> new Sgd(p, 0.1, 0.9, 0.01, false),
              p -> new Sgd(p, 0.1, 0.9, 0.01, true),
              p -> Adam.adam(p, 0.1, 0.01),
              p -> Adam.adamW(p, 0.1, 0.01));
      for (Function<Map<String, Tensor>, Optimizer> make : optimizers) {
        Linear shared = square("a");
        Module tied = new Sequential(shared, Layers.relu(), shared);
        Module once = new Twice(square("a"));
        assertEquals(moved(once, make), moved(tied, make));
      }
    }
  }

  /** Parameters and the optimizer's state by name after three steps. */
  private static Map<String, List<Double>> moved(
      Module model, Function<Map<String, Tensor>, Optimizer> make) {
    Optimizer optimizer = make.apply(model.namedParameters());
    for (int i = 0; i < 3; i++) {
      model.zeroGrad();
      model.forward(new RandomStream(2, "x").normal(Shape.of(4, 3))).square().sum().backward();
      optimizer.step();
    }
    Map<String, List<Double>> all = new LinkedHashMap<>();
    model.namedParameters().forEach((name, t) -> all.put(name, list(t)));
    optimizer.state().forEach((name, t) -> all.put(name, list(t)));
    return all;
  }

  private static List<Double> list(Tensor t) {
    List<Double> values = new ArrayList<>();
    for (double v : t.toDoubles()) {
      values.add(v);
    }
    return values;
  }

  @Test
  void anOptimizerThatIsGivenATensorTwiceStepsItOnce() {
    Tensor w = Tensor.of(new float[] {1}, 1).requiresGrad(true);
    Map<String, Tensor> twice = new LinkedHashMap<>();
    twice.put("a", w);
    twice.put("b", w);
    Optimizer sgd = new Sgd(twice, 0.25, 0.9, 0, false);
    w.mul(2).sum().backward();
    sgd.step();
    assertEquals(0.5, w.item());
    assertEquals(Map.of("a", 1), sgd.steps());
    assertEquals(List.of("velocity.a"), List.copyOf(sgd.state().keySet()));
  }

  @Test
  void namesOfOneTensorAreFirstAmongParametersAndAllInTheState() {
    Linear l = square("a");
    Module model = new Sequential(l, Layers.relu(), new Sequential(l));
    assertEquals(List.of("0.weight", "0.bias"), List.copyOf(model.namedParameters().keySet()));
    assertEquals(2, model.parameters().size());
    assertEquals(
        List.of("0.weight", "0.bias", "2.0.weight", "2.0.bias"),
        List.copyOf(model.stateDict().keySet()));
    assertEquals(List.of("", "0", "1", "2"), List.copyOf(model.namedModules().keySet()));
    assertSame(l, model.getSubmodule("2.0"), "any of its names finds it");
    model.release();
  }

  @Test
  void modesAndHooksAreThoseOfTheOneLayerWhereverItRuns() {
    Linear l = half();
    Module model = new Sequential(l, Layers.identity(), l);
    List<Double> seen = new ArrayList<>();
    model
        .namedModules()
        .values()
        .forEach(
            part ->
                part.registerForwardHook(
                    (m, x, y) -> {
                      seen.add(m == l ? y.item() : Double.NaN);
                      return null;
                    }));
    model.forward(Tensor.of(new float[] {4}, 1, 1));
    assertEquals(List.of(2.0, Double.NaN, 1.0, Double.NaN), seen);
    model.eval();
    try (Module.Evaluating mode = model.evaluating()) {
      l.train();
    }
    assertEquals(false, l.isTraining());
  }

  /** A layer with the weight of another one, as a decoder has the embedding's. */
  private static final class Tied extends Module {
    private final Tensor weight;

    Tied(Tensor weight) {
      this.weight = parameter("weight", weight);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return x.matmul(weight);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void aParameterThatTwoModulesShareIsOne(String device) {
    try (Devices.Use use = Devices.use(device)) {
      Tied first = new Tied(Tensor.of(new float[] {3}, 1, 1));
      Module model = new Sequential(first, new Tied(first.parameters().get(0)));
      assertEquals(1, model.parameterCount());
      Optimizer sgd = new Sgd(model.namedParameters(), 0.25, 0.9, 0, false);
      model.forward(Tensor.ones(1, 1)).sum().backward();
      assertEquals(6, model.parameters().get(0).grad().item()); // d(w^2)/dw
      sgd.step();
      assertEquals(1.5, value(model, "1.weight"));
    }
  }

  @Test
  void aResidualBlockUsedTwiceIsCountedOnce() {
    ResidualBlock block = new ResidualBlock(4, 4, 1, () -> null, new RandomStream(1, "init"));
    assertEquals(block.parameterCount(), new Sequential(block, block).parameterCount());
  }

  /** Of 0 and 2: mean 1 and variance 2, then 0 and (nearly) 2, each a tenth of the way. */
  @Test
  void aBatchNormUsedTwiceMovesItsStatisticsTwiceAPass() {
    BatchNorm bn = new BatchNorm(1);
    new Sequential(bn, bn).forward(Tensor.of(new float[] {0, 2}, 2, 1));
    assertEquals(0.9 * 0.1, bn.stateDict().get("running_mean").item(), 1e-6);
    assertEquals(0.9 * 1.1 + 0.2, bn.stateDict().get("running_var").item(), 1e-5); // eps
  }

  // --- loading ---

  private static Module tied() {
    Linear l = square("b");
    return new Sequential(l, l);
  }

  private static Map<String, Tensor> state(String first, String second) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    square(first).stateDict().forEach((name, t) -> all.put("0." + name, t));
    square(second).stateDict().forEach((name, t) -> all.put("1." + name, t));
    return all;
  }

  @Test
  void aStateWithBothNamesIsLoaded() {
    Module model = tied();
    model.loadStateDict(state("a", "a"));
    assertArrayEquals(
        square("a").stateDict().get("weight").toFloats(),
        model.stateDict().get("1.weight").toFloats());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.", "1."})
  void aStateWithOneNameIsLoaded(String kept) {
    Map<String, Tensor> state = state("a", "a");
    state.keySet().removeIf(name -> !name.startsWith(kept));
    Module model = tied();
    model.loadStateDict(state);
    assertArrayEquals(
        square("a").stateDict().get("weight").toFloats(),
        model.stateDict().get("0.weight").toFloats());
  }

  @Test
  void namesOfOneTensorThatDisagreeAreRefusedAndNothingIsChanged() {
    Module model = tied();
    String message =
        assertThrows(IllegalArgumentException.class, () -> model.loadStateDict(state("a", "other")))
            .getMessage();
    assertEquals(
        "the weights do not fit the model: '0.weight' and '1.weight' differ, but are one tensor"
            + " here; '0.bias' and '1.bias' differ, but are one tensor here",
        message);
    assertArrayEquals(
        square("b").stateDict().get("weight").toFloats(),
        model.stateDict().get("0.weight").toFloats());
  }

  @Test
  void aStateWithoutAnyOfTheNamesIsIncomplete() {
    Map<String, Tensor> state = state("a", "a");
    state.keySet().removeIf(name -> name.endsWith("bias"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> tied().loadStateDict(state))
            .getMessage();
    assertTrue(message.contains("'0.bias' [3] is missing; '1.bias' [3] is missing"), message);
  }
}
