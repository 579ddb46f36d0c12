package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which parts of a model a training leaves alone, and which it does not. */
class FrozenPartsTest {
  private static final float[] AT_START = {0, 0, 0};

  private Sequential body;
  private BatchNorm bn;
  private Module model;

  /** A body with a batch norm and a dropout, and a head with a batch norm of its own. */
  @BeforeEach
  void make() {
    RandomStream init = new RandomStream(1, "init");
    bn = new BatchNorm(3);
    body = new Sequential(new Linear(4, 3, init), bn, new Dropout(0.5, init));
    model = new Sequential(Layers.flatten(), body, new BatchNorm(3), new Linear(3, 2, init));
  }

  private static Examples data() {
    float[] x = new RandomStream(3, "x").uniform(Shape.of(24 * 4)).toFloats();
    int[] y = new int[24];
    Arrays.setAll(y, i -> x[4 * i] > 0.5f ? 1 : 0);
    return new Examples(x, y, Shape.of(2, 2, 1));
  }

  private void train(int epochs, TrainingHooks hooks, Checkpoint file, TrainingListener listener)
      throws IOException {
    Trainer.of(model)
        .optimizer(Adam.adamW(0.01).weightDecay(0.1))
        .epochs(epochs)
        .batch(8)
        .seed(5)
        .hooks(hooks)
        .checkpoint(file)
        .listener(listener)
        .run(data(), data());
  }

  private void train() throws IOException {
    train(2, TrainingHooks.NONE, null, TrainingListener.SILENT);
  }

  private float[] values(String name) {
    return model.stateDict().get(name).toFloats();
  }

  private void assertFrozen(boolean statistics) {
    assertEquals(!statistics, bn.isTraining());
    assertEquals(statistics, Arrays.equals(AT_START, values("1.1.running_mean")));
    assertFalse(Arrays.equals(AT_START, values("2.running_mean")), "the head's always move");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void aFrozenBatchNormKeepsStatisticsAndWeights(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      make();
      bn.eval();
      bn.requiresGrad(false);
      float[] weight = values("1.1.weight");
      train();
      assertFrozen(true);
      assertArrayEquals(weight, values("1.1.weight"), "weight decay must not move it");
    }
  }

  @Test
  void aPartInEvalModeStaysThereAndItsWeightsTrain() throws IOException {
    bn.eval();
    float[] weight = values("1.1.weight");
    train();
    assertFrozen(true);
    assertFalse(Arrays.equals(weight, values("1.1.weight")));
  }

  /** As PyTorch: who freezes weights alone goes on learning the statistics. */
  @Test
  void freezingParametersAloneChangesNoMode() throws IOException {
    bn.requiresGrad(false);
    train();
    assertFrozen(false);
  }

  @Test
  void aModelInEvalModeIsTrained() throws IOException {
    model.eval();
    train();
    assertFrozen(false);
    assertTrue(model.namedModules().values().stream().allMatch(Module::isTraining));
  }

  @Test
  void inAModelInEvalModeFrozenPartsStayThere() throws IOException {
    model.eval();
    body.requiresGrad(false);
    train();
    assertFrozen(true);
    assertFalse(model.getSubmodule("1.2").isTraining(), "the dropout of a frozen part is a part");
    assertTrue(model.getSubmodule("2").isTraining());
    assertTrue(model.isTraining());
  }

  /** Linear probing by modes alone: somebody has said which parts learn. */
  @Test
  void aModelWithAnyPartInTrainingModeIsTrainedAsItIs() throws IOException {
    model.eval();
    model.getSubmodule("2").train();
    train();
    assertFrozen(true);
    assertFalse(model.isTraining());
  }

  @Test
  void aListenerThatLeavesTheModelInEvalModeDoesNotStopItsLearning() throws IOException {
    body.eval();
    body.requiresGrad(false);
    TrainingListener judge =
        new TrainingListener() {
          @Override
          public void onEpoch(EpochResult result) {
            assertTrue(model.getSubmodule("2").isTraining(), "in epoch " + result.epoch());
            model.eval();
          }
        };
    train(3, TrainingHooks.NONE, null, judge);
    assertFrozen(true);
  }

  /** As an attack does: it looks at the model in eval mode, and puts each part back. */
  @Test
  void anEvaluationWithinAStepLeavesFrozenPartsFrozen() throws IOException {
    bn.eval();
    bn.requiresGrad(false);
    TrainingHooks look =
        new TrainingHooks() {
          @Override
          public Batch batch(Module m, Batch batch, Step step) {
            try (Module.Evaluating mode = m.evaluating()) {
              m.forward(batch.images());
            }
            return batch;
          }
        };
    train(2, look, null, TrainingListener.SILENT);
    assertFrozen(true);
  }

  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private byte[] weights() throws IOException {
    SafeTensors.write(folder.resolve("weights"), model.stateDict(), Map.of());
    return Files.readAllBytes(folder.resolve("weights"));
  }

  @Test
  void aResumedRunLeavesThemFrozenAndEndsInTheSameBytes() throws IOException {
    Checkpoint file = new Checkpoint(folder.resolve("resume"), "test", 1);
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            if (epoch == 2 && batch == 2) {
              throw new Killed();
            }
          }
        };
    freshlyFrozen();
    train(3, TrainingHooks.NONE, null, TrainingListener.SILENT);
    byte[] whole = weights();
    freshlyFrozen();
    assertThrows(Killed.class, () -> train(3, TrainingHooks.NONE, file, killer));
    freshlyFrozen();
    train(3, TrainingHooks.NONE, file, TrainingListener.SILENT);
    assertFrozen(true);
    assertArrayEquals(whole, weights());
  }

  private void freshlyFrozen() {
    make();
    model.eval();
    body.requiresGrad(false);
  }

  /** Its gradient is from before it was frozen, and so is its momentum. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void aParameterFrozenLaterIsNotMovedByWhatIsLeft(String optimizer) {
    Tensor w = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
    Map<String, Tensor> all = Map.of("w", w);
    Optimizer o =
        optimizer.equals("sgd") ? new Sgd(all, 0.1, 0.9, 0.1, false) : Adam.adamW(all, 0.1, 0.1);
    w.square().sum().backward();
    o.step();
    float[] then = w.toFloats();
    w.requiresGrad(false);
    o.step();
    assertArrayEquals(then, w.toFloats());
    assertEquals(Map.of("w", 1), o.steps());
  }
}
