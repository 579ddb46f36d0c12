package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many images each step of an epoch learns from. */
class BatchesTest {
  private final List<Integer> sizes = new ArrayList<>();
  private final List<Float> seen = new ArrayList<>();

  private final TrainingHooks spy =
      new TrainingHooks() {
        @Override
        public Batch batch(Module model, Batch batch, Step step) {
          sizes.add(batch.images().shape().dim(0));
          for (float v : batch.images().toFloats()) {
            seen.add(v);
          }
          return batch;
        }
      };

  /** The image of number i has i in all of its pixels. */
  private static Examples data(int n) {
    float[] x = new float[4 * n];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      Arrays.fill(x, 4 * i, 4 * i + 4, i / (float) n);
      y[i] = i % 2;
    }
    return new Examples(x, y, Shape.of(2, 2, 1));
  }

  private static Module dense(boolean norm) {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Layers.flatten(),
        new Linear(4, 8, init),
        norm ? new BatchNorm(8) : Layers.relu(),
        new Linear(8, 2, init));
  }

  private static Module convolutional() {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Conv2d.of(1, 3, 3).padding(1).init(init),
        new BatchNorm(3),
        Layers.globalAvgPool2d(),
        new Linear(3, 2, init));
  }

  private Trainer trainer(Module model, int epochs, int batch, Checkpoint checkpoint) {
    return Trainer.of(model)
        .optimizer(Sgd.lr(0.01))
        .epochs(epochs)
        .batch(batch)
        .hooks(spy)
        .checkpoint(checkpoint);
  }

  private List<EpochResult> run(Trainer trainer, int n) throws IOException {
    return trainer.run(data(n), data(0));
  }

  private String refused(Trainer trainer, int n) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> run(trainer, n)).getMessage();
    assertEquals(List.of(), sizes, "refused before the first step");
    return message;
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void aLastBatchOfOneJoinsTheOneBeforeItWhereThereIsABatchNorm(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      List<EpochResult> history = run(trainer(dense(true), 2, 4, null), 13);
      assertEquals(List.of(4, 4, 5, 4, 4, 5), sizes);
      assertEquals(13 * 4 * 2, seen.size());
      assertEquals(13, seen.stream().distinct().count(), "every image is trained on");
      assertTrue(history.get(1).loss() > 0 && history.get(1).trainAccuracy() <= 1);
    }
  }

  @Test
  void batchesOfTwoAndMoreAndModelsWithoutABatchNormStayAsTheyWere() throws IOException {
    run(trainer(dense(true), 1, 4, null), 14);
    run(trainer(dense(true), 1, 4, null), 12);
    run(trainer(dense(true), 1, 4, null), 3);
    run(trainer(dense(false), 1, 4, null), 5);
    run(trainer(dense(false), 1, 1, null), 2);
    assertEquals(List.of(4, 4, 4, 2, 4, 4, 4, 3, 4, 1, 1, 1), sizes);
  }

  @Test
  void aBatchNormInEvalModeNeedsNoSecondImage() throws IOException {
    Module model = dense(true);
    model.getSubmodule("2").eval();
    run(trainer(model, 1, 4, null), 5);
    run(trainer(model, 1, 4, null), 1);
    assertEquals(List.of(4, 1, 1), sizes);
  }

  /** Nine pixels a channel have a variance. */
  @Test
  void oneImageIsEnoughForABatchNormOfImages() throws IOException {
    run(trainer(convolutional(), 1, 4, null), 1);
    run(trainer(convolutional(), 1, 1, null), 2);
    assertEquals(List.of(1, 1, 1), sizes);
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "1, 1", "5, 1"})
  void oneValueAChannelIsRefusedBeforeTheFirstStep(int n, int batch) {
    Module model = dense(true);
    float[] before = model.stateDict().get("2.running_mean").toFloats();
    assertEquals(
        "training: of a batch of 1 image, the batch norm '2' is given [1, 8], 1 value a channel;"
            + " its variance needs 2 or more: train on batches of 2 images or more, or with it in"
            + " eval mode",
        refused(trainer(model, 1, batch, null), n));
    assertArrayEquals(before, model.stateDict().get("2.running_mean").toFloats());
    assertTrue(model.getSubmodule("2").isTraining());
  }

  @Test
  void noImagesAreRefusedBeforeTheFirstStep() {
    assertEquals(
        "training: 0 images to learn from; there must be 1 or more",
        refused(trainer(dense(false), 1, 4, null), 0));
    assertTrue(refused(trainer(dense(true), 1, 1, null).dropLast(true), 0).contains("0 images"));
  }

  /** 10 by 4 are 4, 4 and the 2 that are left out, other ones in each epoch. */
  @Test
  void theLastBatchIsDroppedOnRequest() throws IOException {
    List<EpochResult> history = run(trainer(dense(false), 2, 4, null).dropLast(true), 10);
    assertEquals(List.of(4, 4, 4, 4), sizes);
    List<Float> first = seen.subList(0, 32);
    List<Float> second = seen.subList(32, 64);
    assertFalse(first.containsAll(second), "the shuffling leaves out others");
    double eighths = history.get(0).trainAccuracy() * 8;
    assertEquals(Math.rint(eighths), eighths, 1e-12, "a share of the images trained on");
  }

  @Test
  void droppingLeavesWholeBatchesAlone() throws IOException {
    run(trainer(dense(true), 1, 4, null).dropLast(true), 8);
    run(trainer(dense(true), 1, 4, null).dropLast(true).dropLast(false), 9);
    run(trainer(dense(true), 1, 4, null).dropLast(true), 9);
    assertEquals(List.of(4, 4, 4, 5, 4, 4), sizes);
  }

  @Test
  void droppingAllThereIsIsRefused() {
    assertEquals(
        "training: 3 images to learn from; there must be 4 or more, for a shorter batch is dropped",
        refused(trainer(dense(false), 1, 4, null).dropLast(true), 3));
  }

  @TempDir private Path folder;

  @Test
  void aResumedRunMustDropAlike() throws IOException {
    Checkpoint file = new Checkpoint(folder.resolve("resume"), "test", 1);
    run(trainer(dense(false), 2, 4, file), 9);
    Trainer dropping = trainer(dense(false), 2, 4, file).dropLast(true);
    String message = assertThrows(CheckpointException.class, () -> run(dropping, 9)).getMessage();
    assertTrue(message.contains("drop last was [null], is [true]"), message);
  }
}
