package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.models.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradient checkpointing of modules: less memory, and nothing else different. */
class RecomputeModuleTest {
  private static Module convolutional() {
    RandomStream init = new RandomStream(1, "init");
    Module block =
        new Sequential(
            Conv2d.of(3, 8, 3).padding(1).init(init),
            new BatchNorm(8),
            Layers.relu(),
            new Dropout(0.4, new RandomStream(1, "dropout")),
            Conv2d.of(8, 8, 3).padding(1).init(init),
            new BatchNorm(8));
    return new Sequential(block, Layers.globalAvgPool2d(), new Linear(8, 5, init));
  }

  private static Tensor images(int size) {
    return new RandomStream(2, "images").uniform(Shape.of(4, size, size, 3));
  }

  /** Two steps' gradients, then the state and where the streams stand. */
  private static List<Object> trained(Module model, boolean switchMode) {
    List<Object> found = new ArrayList<>();
    Tensor labels = Tensor.ofInts(new int[] {0, 1, 2, 3}, 4);
    for (int step = 0; step < 2; step++) {
      try (Scope scope = Scope.open()) {
        model.zeroGrad();
        Tensor loss = Losses.crossEntropy(model.forward(images(8)), labels);
        model.train(!switchMode); // an attack may have looked at the model in between
        loss.backward();
        assertEquals(!switchMode, model.isTraining());
        model.train();
        found.add(loss.toDoubles());
        model.parameters().forEach(p -> found.add(p.grad().toDoubles()));
      }
    }
    for (Map.Entry<String, Tensor> e : model.stateDict().entrySet()) {
      found.add(e.getValue().toDoubles());
    }
    model.namedStreams().values().forEach(s -> found.add(new double[] {s.position()}));
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void dropoutAndBatchNormDoTheSameToTheBit(String device) {
    try (Devices.Use use = Devices.use(device)) {
      for (boolean switchMode : new boolean[] {false, true}) {
        List<Object> plain = trained(convolutional(), false);
        Module model = convolutional();
        model.getSubmodule("0").recompute(true);
        List<Object> again = trained(model, switchMode);
        assertEquals(plain.size(), again.size());
        for (int i = 0; i < plain.size(); i++) {
          assertArrayEquals((double[]) plain.get(i), (double[]) again.get(i), "result " + i);
        }
      }
    }
  }

  /** Weights, and the peak of all that the step makes: activations and gradients. */
  @Test
  void aResNetsPeakFallsByFortyPercentWithTheSameGradients() {
    List<double[]> plain = new ArrayList<>();
    List<double[]> again = new ArrayList<>();
    long before = resNetStep(false, plain);
    long after = resNetStep(true, again);
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i), again.get(i), "result " + i);
    }
    assertTrue(after <= 0.6 * before, () -> "peak " + after + " of " + before + " bytes");
  }

  private static long resNetStep(boolean recompute, List<double[]> results) {
    int batch = 64;
    Module model =
        Models.parse("resnet18").build(Shape.of(32, 32, 3), 10, new RandomStream(1, "init"));
    long weights = 4 * model.stateDict().values().stream().mapToLong(t -> t.shape().size()).sum();
    model.recompute(recompute);
    Tensor images = new RandomStream(2, "images").uniform(Shape.of(batch, 32, 32, 3));
    Tensor labels = Tensor.ofInts(new int[batch], batch);
    try (Scope step = Scope.open()) {
      Losses.crossEntropy(model.forward(images), labels).backward();
      model.parameters().forEach(p -> results.add(p.grad().toDoubles()));
      model.stateDict().values().forEach(t -> results.add(t.toDoubles()));
      return weights + step.stats().peakBytes();
    } finally {
      model.release();
      images.release();
    }
  }

  @Test
  void gradientsOfGradientsGoThroughStretches() {
    try (Devices.Use use = Devices.use("reference")) {
      List<double[]> plain = gradientPenalty(false);
      List<double[]> again = gradientPenalty(true);
      for (int i = 0; i < plain.size(); i++) {
        assertArrayEquals(plain.get(i), again.get(i), 1e-12, "parameter " + i);
      }
    }
  }

  private static List<double[]> gradientPenalty(boolean recompute) {
    Module model = new ResNet(3, 4, 64, new RandomStream(1, "init"), 1, 0, 0, 0);
    model.recompute(recompute);
    Tensor x = new RandomStream(2, "images").uniform(Shape.of(2, 4, 4, 3)).requiresGrad(true);
    Tensor logits = model.forward(x);
    Tensor g =
        Autograd.grad(logits.square().sum(), List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
    g.square().sum().backward();
    return model.parameters().stream()
        .filter(p -> p.grad() != null)
        .map(p -> p.grad().toDoubles())
        .toList();
  }

  /** What lies between the stretches must be there for the second pass. */
  @Test
  void aRetainedGraphIsWalkedTwice() {
    Module model = new ResNet(3, 4, 64, new RandomStream(1, "init"), 1, 1, 1, 1);
    model.recompute(true);
    Tensor x = new RandomStream(2, "images").uniform(Shape.of(2, 8, 8, 3)).requiresGrad(true);
    long before = x.device().bytesInUse();
    try (Scope scope = Scope.open()) {
      Tensor y = model.forward(x).sum();
      Tensor first = Autograd.grad(y, List.of(x), Autograd.Options.PLAIN.retaining()).get(0);
      assertArrayEquals(first.toDoubles(), Autograd.grad(y, x).toDoubles());
    }
    assertEquals(before, x.device().bytesInUse());
  }
}
