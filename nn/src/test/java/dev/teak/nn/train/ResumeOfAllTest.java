package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run with all that has a state at once ends in the same bytes wherever it is killed. */
class ResumeOfAllTest {
  private static final int EPOCHS = 4;
  private static final Keep BEST = Keep.best("uphill", 2);

  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static Module model() {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Layers.flatten(),
        new Linear(4, 6, init),
        new BatchNorm(6),
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

  /** A shift of the images that learns, and a count of the steps that is none of its parameters. */
  private static final class Shift implements TrainingHooks {
    private final Tensor shift = Tensor.zeros(2, 2, 1).unscoped().requiresGrad(true);
    private final Tensor steps = Tensor.zeros().unscoped();
    private int fitted;

    @Override
    public void fit(Examples train, int batch) {
      fitted += train.size();
    }

    @Override
    public Batch batch(Module model, Batch batch, Step step) {
      return batch.images(batch.images().add(shift));
    }

    @Override
    public void stepped(Module model, Step step) {
      try (Scope scope = Scope.open()) {
        Update.assign(steps, steps.add(1));
      }
    }

    @Override
    public Map<String, Tensor> parameters() {
      return Map.of("shift", shift);
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("shift", shift, "steps", steps);
    }

    @Override
    public Map<String, Double> figures() {
      return Map.of("steps", steps.item());
    }
  }

  private record Run(Module model, Shift shift, List<EpochResult> history) {
    /** All that the run left, and its figures but the times. */
    byte[] bytes(Path folder) throws IOException {
      Map<String, Tensor> all = new LinkedHashMap<>(model.stateDict());
      shift.state().forEach((name, t) -> all.put("hooks." + name, t));
      SafeTensors.write(folder.resolve("all"), all, Map.of());
      return Files.readAllBytes(folder.resolve("all"));
    }

    List<Map<String, Double>> figures() {
      return history.stream().map(EpochResult::figures).toList();
    }
  }

  private Path file() {
    return folder.resolve("resume");
  }

  /** The judge's figure is best in the second epoch. */
  private Run run(Keep keep, double average, int killedAfter) throws IOException {
    Module model = model();
    Shift shift = new Shift();
    TrainingListener killer =
        new TrainingListener() {
          private int done;

          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            done++;
            if (done == killedAfter) {
              throw new Killed();
            }
          }
        };
    List<EpochResult> history =
        Trainer.of(model)
            .optimizer(Adam.adamW(0.02).weightDecay(0.1).weightsOnly(true))
            .schedule(new Schedules.Cosine(0, 0.2))
            .epochs(EPOCHS)
            .batch(8)
            .hooks(shift)
            .average(average)
            .clipNorm(0.5)
            .keep(keep)
            .judge((m, v) -> Map.of("uphill", shift.steps.item() == 8 ? 1.0 : 0.0))
            .checkpoint(new Checkpoint(file(), "test", 2))
            .listener(killer)
            .run(data(1), data(2));
    return new Run(model, shift, history);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 8, 9, 11, 15, 16})
  void hooksAveragesAndTheBestEpochEndInTheSameBytes(int killedAfter) throws IOException {
    Run whole = run(BEST, 0.9, 0);
    byte[] bytes = whole.bytes(folder);
    Files.delete(file());
    assertThrows(Killed.class, () -> run(BEST, 0.9, killedAfter));
    Run resumed = run(BEST, 0.9, 0);
    assertArrayEquals(bytes, resumed.bytes(folder));
    assertEquals(whole.figures(), resumed.figures());
    assertEquals(26, resumed.shift.fitted, "before the first step of this run");
  }

  @Test
  void aFinishedRunThatIsAskedAgainGivesTheSameWeights() throws IOException {
    byte[] whole = run(BEST, 0.9, 0).bytes(folder);
    assertArrayEquals(whole, run(BEST, 0.9, 1).bytes(folder), "no batch is left to be killed in");
  }

  @Test
  void theFiguresComeInTheirOrder() throws IOException {
    assertEquals(
        List.of("loss", "train_accuracy", "validation_accuracy", "uphill", "steps"),
        List.copyOf(run(BEST, 0, 0).history.get(0).figures().keySet()));
  }

  @Test
  void patienceEndsATrainingAndTheBestEpochIsWhatIsLeft() throws IOException {
    Run patient = run(BEST, 0, 0);
    assertEquals(4, patient.history.size());
    Files.delete(file());
    Run impatient = run(Keep.best("uphill", 1), 0, 0);
    assertEquals(3, impatient.history.size());
    assertArrayEquals(
        patient.model.stateDict().get("1.weight").toFloats(),
        impatient.model.stateDict().get("1.weight").toFloats());
    assertArrayEquals(patient.shift.shift.toFloats(), impatient.shift.shift.toFloats());
    Files.delete(file());
    Run last = run(Keep.LAST, 0, 0);
    assertFalse(
        Arrays.equals(
            patient.model.stateDict().get("1.weight").toFloats(),
            last.model.stateDict().get("1.weight").toFloats()));
  }

  @Test
  void theModelIsLeftWithTheAverages() throws IOException {
    Run averaged = run(Keep.LAST, 0.9, 0);
    SafeTensors.Content content = SafeTensors.read(file());
    assertArrayEquals(
        content.tensors().get("average.1.weight").toFloats(),
        averaged.model.stateDict().get("1.weight").toFloats());
    assertEquals(
        Evaluate.accuracy(averaged.model, data(2)),
        averaged.history.get(EPOCHS - 1).validationAccuracy(),
        "what is judged is what is left");
  }

  @Test
  void anotherAverageOrKeepIsRefused() throws IOException {
    run(BEST, 0.9, 0);
    String message =
        assertThrows(CheckpointException.class, () -> run(Keep.LAST, 0.5, 0)).getMessage();
    assertTrue(message.contains("average was [0.9], is [0.5]"), message);
    assertTrue(message.contains("keep was [best by=uphill patience=2], is [null]"), message);
  }

  @Test
  void aFigureThatThereIsNotIsNamedWithThoseThereAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> run(Keep.best("pgd"), 0, 0))
            .getMessage();
    assertEquals(
        "keep best: an epoch has no figure 'pgd'; it has loss, train_accuracy,"
            + " validation_accuracy, uphill, steps",
        message);
  }
}
