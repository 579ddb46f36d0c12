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
import dev.teak.nn.augment.Crop;
import dev.teak.nn.augment.Flip;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.optim.Schedules;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that is killed and resumed must end in the very bytes of one that was not. */
class ResumeTest {
  private static final int BATCHES = 4; // 26 examples by 8

  @TempDir private Path folder;

  /** Epochs and batches that were done when a run went on. */
  private final List<String> resumedAt = new ArrayList<>();

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** All that carries state: moments, running statistics, a stream of random masks. */
  private static Module model() {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Layers.flatten(),
        new Linear(4, 6, init),
        new BatchNorm(6),
        Layers.relu(),
        new Dropout(0.3, new RandomStream(1, "dropout")),
        new Linear(6, 3, init));
  }

  private static Examples data(long seed) {
    float[] x = new RandomStream(seed, "x").uniform(Shape.of(26 * 4)).toFloats();
    int[] y = new int[26];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[4 * i] > 0.5f ? 1 : x[4 * i + 1] > 0.5f ? 2 : 0;
    }
    return new Examples(x, y, Shape.of(2, 2, 1));
  }

  /** Noise by the step's number, as an attack with a random start would bring. */
  private static final TrainingHooks NOISE =
      new TrainingHooks() {
        @Override
        public Batch batch(Module model, Batch batch, Step step) {
          RandomStream random = new RandomStream(3, "noise/" + step.number());
          Tensor images = batch.images();
          return batch.images(images.add(random.uniform(images.shape(), -0.1, 0.1)));
        }
      };

  private record Run(Module model, List<EpochResult> history) {}

  private record Setup(String optimizer, double lr, int batch, long seed, long dataSeed) {
    static final Setup USUAL = new Setup("adam", 0.01, 8, 5, 1);

    OptimizerSettings settings() {
      return optimizer.equals("adam") ? Adam.adam(lr) : Sgd.lr(lr).momentum(0.9).nesterov(true);
    }
  }

  private Path file() {
    return folder.resolve("model.safetensors.resume");
  }

  private static Trainer trainer(Module model, int epochs) {
    return Trainer.of(model)
        .optimizer(Adam.adam(0.01))
        .schedule(Schedules.cosine())
        .epochs(epochs)
        .batch(8)
        .seed(5)
        .augment(List.of(new Crop(1), new Flip()))
        .hooks(NOISE);
  }

  /** Runs three epochs, or until it is killed in the listener after so many batches. */
  private Run run(Setup s, int killedAfter) throws IOException {
    Module model = model();
    TrainingListener killer =
        new TrainingListener() {
          private int done;

          @Override
          public void onResume(List<EpochResult> epochs, int batches) {
            resumedAt.add(epochs.size() + ", " + batches);
          }

          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            done++;
            if (done == killedAfter) {
              throw new Killed();
            }
          }
        };
    Trainer trainer =
        trainer(model, 3)
            .optimizer(s.settings())
            .batch(s.batch)
            .seed(s.seed)
            .checkpoint(new Checkpoint(file(), "test", 2))
            .listener(killer);
    return new Run(model, trainer.run(data(s.dataSeed), data(2)));
  }

  private byte[] bytes(Run run) throws IOException {
    Path weights = folder.resolve("weights");
    SafeTensors.write(weights, run.model.stateDict(), Map.of());
    return Files.readAllBytes(weights);
  }

  private static List<String> figures(Run run) {
    return run.history.stream()
        .map(
            e ->
                e.epoch() + " " + e.loss() + " " + e.trainAccuracy() + " " + e.validationAccuracy())
        .toList();
  }

  /** Before any save; between saves; right before and after one; in the second and last epochs. */
  @ParameterizedTest
  @CsvSource({
    "adam, java, 1",
    "adam, java, 2",
    "adam, java, 3",
    "adam, java, 4",
    "adam, java, 7",
    "adam, java, 12",
    "sgd, java, 7",
    "adam, reference, 7"
  })
  void aKilledRunEndsInTheSameBytes(String optimizer, String device, int killedAfter)
      throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      Setup s = new Setup(optimizer, 0.01, 8, 5, 1);
      Run whole = run(s, 0);
      Files.delete(file());
      assertThrows(Killed.class, () -> run(s, killedAfter));
      assertEquals(killedAfter > 2, Files.exists(file()));
      Run resumed = run(s, 0);
      assertArrayEquals(bytes(whole), bytes(resumed));
      assertEquals(figures(whole), figures(resumed));
    }
  }

  @Test
  void theListenerIsToldFromWhereARunGoesOn() throws IOException {
    assertThrows(Killed.class, () -> run(Setup.USUAL, 7));
    assertEquals(List.of(), resumedAt, "a run from the start does not go on");
    run(Setup.USUAL, 0);
    assertEquals(List.of("1, 2"), resumedAt, "seven batches, saved after every second");
  }

  @Test
  void aRunKilledAgainAndAgainEndsInTheSameBytes() throws IOException {
    Run whole = run(Setup.USUAL, 0);
    Files.delete(file());
    for (int i = 0; i < 2 * BATCHES; i++) {
      try {
        run(Setup.USUAL, 3);
        break; // fewer than three batches were left
      } catch (Killed e) {
        assertTrue(Files.exists(file()));
      }
    }
    assertArrayEquals(bytes(whole), bytes(run(Setup.USUAL, 0)));
  }

  @Test
  void aFinishedRunIsNotRunAgain() throws IOException {
    Run whole = run(Setup.USUAL, 0);
    Run again = run(Setup.USUAL, 1);
    assertArrayEquals(bytes(whole), bytes(again));
    assertEquals(figures(whole), figures(again));
  }

  @ParameterizedTest
  @CsvSource({
    "adam, 0.02, 8, 5, 1, 'learning rate at start, middle, end was '",
    "adam, 0.01, 4, 5, 1, 'batch was [8], is [4]'",
    "adam, 0.01, 8, 6, 1, 'seed was [5], is [6]'",
    "adam, 0.01, 8, 5, 9, 'training images was [26 of [2, 2, 1], checksum '",
    "sgd, 0.01, 8, 5, 1, 'optimizer was [Adam, weight decay 0.0], is [SGD, momentum 0.9'"
  })
  void anotherSettingIsNamedAndRefused(
      String optimizer, double lr, int batch, long seed, long dataSeed, String said) {
    assertThrows(Killed.class, () -> run(Setup.USUAL, 7));
    Setup other = new Setup(optimizer, lr, batch, seed, dataSeed);
    String message = assertThrows(CheckpointException.class, () -> run(other, 0)).getMessage();
    assertTrue(
        message.startsWith(file() + ": belongs to a training with other settings: "), message);
    assertTrue(message.contains(said), message);
    assertFalse(message.contains("epochs was"), message);
  }

  @Test
  void otherAugmentationsAreNamedAndRefused() {
    assertThrows(Killed.class, () -> run(Setup.USUAL, 7));
    Trainer other =
        trainer(model(), 3)
            .augment(List.of(new Flip()))
            .checkpoint(new Checkpoint(file(), "test", 2));
    String message =
        assertThrows(CheckpointException.class, () -> other.run(data(1), data(2))).getMessage();
    assertTrue(message.contains("augment was [crop padding=1; flip], is [flip]"), message);
  }

  private String refused(Module model) {
    Trainer trainer = trainer(model, 3).checkpoint(new Checkpoint(file(), "test", 2));
    return assertThrows(CheckpointException.class, () -> trainer.run(data(1), data(2)))
        .getMessage();
  }

  @Test
  void theStateOfAnotherModelIsRefused() {
    assertThrows(Killed.class, () -> run(Setup.USUAL, 7));
    RandomStream init = new RandomStream(1, "init");
    String streams = refused(new Sequential(Layers.flatten(), new Linear(4, 3, init)));
    assertEquals(file() + ": has the random streams [4.random], the model []", streams);
    Module wider =
        new Sequential(
            Layers.flatten(),
            new Linear(4, 7, init),
            new BatchNorm(7),
            Layers.relu(),
            new Dropout(0.3, new RandomStream(1, "dropout")),
            new Linear(7, 3, init));
    String shapes = refused(wider);
    assertTrue(shapes.contains("the weights do not fit the model: '1.weight' is [6, 4]"), shapes);
  }

  @Test
  void aFileOfMereWeightsIsNoTraining() throws IOException {
    SafeTensors.write(file(), Map.of("w", Tensor.ones(2)), Map.of());
    assertEquals(file() + ": holds tensors, but is no training to be resumed", refused(model()));
  }

  @ParameterizedTest
  @CsvSource({
    "'no json', its counters cannot be read",
    "null, its counters are not complete",
    "{}, its counters are not complete",
    "'{\"unknown\":1}', its counters cannot be read"
  })
  void countersThatAreNoneAreRefused(String json, String said) throws IOException {
    SafeTensors.write(file(), Map.of("w", Tensor.ones(2)), Map.of("training", json));
    String message = refused(model());
    assertTrue(message.startsWith(file() + ": " + said), message);
    assertFalse(message.contains("\n"), message);
  }

  /** Two epochs of a model that has a layer in two places; killed after so many batches. */
  private Module tied(int killedAfter) throws IOException {
    RandomStream init = new RandomStream(1, "init");
    Linear shared = new Linear(4, 4, init);
    Module model =
        new Sequential(
            Layers.flatten(), shared, Layers.relu(), shared, Layers.relu(), new Linear(4, 3, init));
    int[] done = {0};
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            if (++done[0] == killedAfter) {
              throw new Killed();
            }
          }
        };
    trainer(model, 2)
        .schedule(Schedules.constant())
        .checkpoint(new Checkpoint(file(), "test", 1))
        .listener(killer)
        .run(data(1), data(2));
    return model;
  }

  @Test
  void aModelWithASharedLayerEndsInTheSameBytes() throws IOException {
    byte[] whole = bytes(new Run(tied(0), List.of()));
    Files.delete(file());
    assertThrows(Killed.class, () -> tied(6));
    assertArrayEquals(whole, bytes(new Run(tied(0), List.of())));
  }

  @Test
  void aCheckpointInWhichASharedLayerDisagreesWithItselfIsRefused() throws IOException {
    assertThrows(Killed.class, () -> tied(6));
    SafeTensors.Content content = SafeTensors.read(file());
    Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
    tensors.put("model.3.bias", Tensor.ones(4));
    SafeTensors.write(file(), tensors, content.metadata());
    String message = assertThrows(CheckpointException.class, () -> tied(0)).getMessage();
    assertEquals(
        file()
            + ": the weights do not fit the model: '1.bias' and '3.bias' differ, but are one tensor"
            + " here",
        message);
  }

  @Test
  void everyZeroBatchesIsNoDistance() {
    assertThrows(IllegalArgumentException.class, () -> new Checkpoint(file(), "", 0));
  }
}
