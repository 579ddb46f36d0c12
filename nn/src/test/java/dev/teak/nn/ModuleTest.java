package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleTest {
  private static RandomStream random() {
    return new RandomStream(7, "init");
  }

  private static final class Net extends Module {
    final Sequential features;
    final BatchNorm bn;

    Net() {
      features =
          submodule(
              "features",
              new Sequential(
                  new Linear(3, 4, random()), Layers.relu(), new Linear(4, 2, random())));
      bn = submodule("bn", new BatchNorm(2));
    }

    @Override
    protected Tensor compute(Tensor x) {
      return bn.forward(features.forward(x));
    }
  }

  private static final class Named extends Module {
    Named(String... names) {
      for (String name : names) {
        parameter(name, Tensor.zeros(1));
      }
    }

    @Override
    protected Tensor compute(Tensor x) {
      return x;
    }
  }

  @Test
  void stateDictHasPyTorchsNamesInTheOrderOfRegistration() {
    assertEquals(
        List.of(
            "features.0.weight",
            "features.0.bias",
            "features.2.weight",
            "features.2.bias",
            "bn.weight",
            "bn.bias",
            "bn.running_mean",
            "bn.running_var"),
        List.copyOf(new Net().stateDict().keySet()));
  }

  @Test
  void buffersAreStateButNoParameters() {
    Net net = new Net();
    assertFalse(net.namedParameters().containsKey("bn.running_mean"));
    assertFalse(net.stateDict().get("bn.running_mean").requiresGrad());
    assertEquals(3 * 4 + 4 + 4 * 2 + 2 + 2 + 2, net.parameterCount());
  }

  @Test
  void aModelMadeInAScopeOutlivesIt() {
    Net net;
    try (Scope scope = Scope.open()) {
      net = new Net();
    }
    assertEquals(12, net.stateDict().get("features.0.weight").toFloats().length);
  }

  @Test
  void aLoadedStateGivesTheSameOutput() {
    Module from = new Sequential(new Linear(3, 4, new RandomStream(1, "init")));
    Module to = new Sequential(new Linear(3, 4, new RandomStream(2, "init")));
    Tensor x = random().uniform(Shape.of(5, 3));
    to.loadStateDict(from.stateDict());
    assertArrayEquals(from.forward(x).toFloats(), to.forward(x).toFloats());
  }

  @Test
  void loadingCopiesSoThatTheModelsStayApart() {
    Module from = new Linear(2, 2, random());
    Module to = new Linear(2, 2, new RandomStream(2, "init"));
    to.loadStateDict(from.stateDict());
    float[] loaded = to.stateDict().get("weight").toFloats();
    from.release();
    assertArrayEquals(loaded, to.stateDict().get("weight").toFloats());
  }

  @Test
  void everythingThatDoesNotFitIsNamedInOneLine() {
    Module model = new Sequential(new Linear(3, 4, random()), new Linear(4, 2, random()));
    Map<String, Tensor> state = new LinkedHashMap<>(model.stateDict());
    state.remove("0.bias");
    state.put("1.weight", Tensor.zeros(4, 2));
    state.put("1.bias", Tensor.ofInts(new int[2], 2));
    state.put("2.weight", Tensor.zeros(1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> model.loadStateDict(state)).getMessage();
    assertEquals(
        "the weights do not fit the model: '0.bias' [4] is missing; '1.weight' is [4, 2], expected"
            + " [2, 4]; '1.bias' holds INT32, expected FLOAT32; '2.weight' is not expected",
        message);
  }

  @Test
  void aMessageOfMisfitsHasAnEnd() {
    Module model = new Linear(1, 1, random());
    Map<String, Tensor> state = new LinkedHashMap<>(model.stateDict());
    state.put("n".repeat(1_000_000), Tensor.zeros(1));
    for (int i = 0; i < 100; i++) {
      state.put("stranger" + i, Tensor.zeros(1));
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> model.loadStateDict(state)).getMessage();
    assertTrue(message.endsWith("'stranger18' is not expected; and 81 more"), message);
    assertTrue(message.length() < 1000, message);
  }

  /** PyTorch has it beside the running statistics, and nowhere else. */
  @Test
  void aBatchNormsCounterOfBatchesIsPassedOver() {
    Net net = new Net();
    net.loadStateDict(counted(net, "bn.num_batches_tracked"));
    new BatchNorm(2).loadStateDict(counted(new BatchNorm(2), "num_batches_tracked"));
    for (String stranger : new String[] {"features.num_batches_tracked", "xnum_batches_tracked"}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> net.loadStateDict(counted(net, stranger)))
              .getMessage();
      assertEquals("the weights do not fit the model: '" + stranger + "' is not expected", message);
    }
  }

  private static Map<String, Tensor> counted(Module model, String name) {
    Map<String, Tensor> state = new LinkedHashMap<>(model.stateDict());
    state.put(name, Tensor.ofInts(new int[] {7}));
    return state;
  }

  @Test
  void nothingIsChangedWhereAnythingDoesNotFit() {
    Module model = new Sequential(new Linear(3, 4, random()), new Linear(4, 2, random()));
    float[] before = model.stateDict().get("0.weight").toFloats();
    Map<String, Tensor> state = new LinkedHashMap<>(model.stateDict());
    state.put("0.weight", Tensor.zeros(4, 3));
    state.put("1.bias", Tensor.zeros(3));
    assertThrows(IllegalArgumentException.class, () -> model.loadStateDict(state));
    assertArrayEquals(before, model.stateDict().get("0.weight").toFloats());
  }

  @Test
  void weightsOfAnotherDeviceCanBeLoaded() {
    Module model = new Linear(2, 1, random());
    Map<String, Tensor> state = new LinkedHashMap<>();
    try (Devices.Use use = Devices.use("reference")) {
      state.put("weight", Tensor.of(new double[] {0.5, -2}, 1, 2));
      state.put("bias", Tensor.of(new double[] {3}, 1));
    }
    model.loadStateDict(state);
    assertArrayEquals(new float[] {0.5f, -2}, model.stateDict().get("weight").toFloats());
  }

  @Test
  void modesReachEveryPart() {
    Net net = new Net();
    assertTrue(net.isTraining());
    net.eval();
    assertFalse(net.bn.isTraining());
    net.train();
    assertTrue(net.bn.isTraining());
  }

  @Test
  void evaluatingRestoresTheModeOfEachPart() {
    Net net = new Net();
    net.bn.eval();
    try (Module.Evaluating mode = net.evaluating()) {
      assertFalse(net.features.isTraining());
    }
    assertTrue(net.features.isTraining());
    assertFalse(net.bn.isTraining(), "the part frozen in eval mode must stay so");
  }

  @Test
  void frozenParametersGetNoGradient() {
    Net net = new Net();
    net.features.requiresGrad(false);
    net.forward(random().uniform(Shape.of(4, 3))).square().sum().backward();
    assertNull(net.stateDict().get("features.0.weight").grad());
    assertNotNull(net.stateDict().get("bn.bias").grad());
    net.zeroGrad();
    assertNull(net.stateDict().get("bn.bias").grad());
  }

  @Test
  void aNameIsTakenOnceAndHasNoDots() {
    assertThrows(IllegalArgumentException.class, () -> new Named("a", "a"));
    assertThrows(IllegalArgumentException.class, () -> new Named("a.b"));
    assertThrows(IllegalArgumentException.class, () -> new Named(""));
  }

  @Test
  void randomStreamsHaveFullNames() {
    Module model = new Sequential(Layers.relu(), new Dropout(0.5, random()));
    assertEquals(List.of("1.random"), List.copyOf(model.namedStreams().keySet()));
  }

  @Test
  void releaseGivesTheMemoryBack() {
    Module model = new Linear(2, 2, random());
    model.release();
    assertThrows(IllegalStateException.class, () -> model.stateDict().get("weight").toFloats());
  }
}
