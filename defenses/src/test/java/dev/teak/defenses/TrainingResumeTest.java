package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Schedules;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A defended training that is killed and resumed ends in the bytes of one that was not. */
class TrainingResumeTest {
  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Path file() {
    return folder.resolve("weights.resume");
  }

  /** All that trained and was carried along, as a file; killed after so many of its 8 batches. */
  private byte[] run(String training, int killedAfter) throws IOException {
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
    Module model = Halves.model();
    try (TrainingHooks run = Halves.hooks(training, model, Halves.IMAGE, 3)) {
      Trainer.of(model)
          .optimizer(Adam.adam(1e-2))
          .schedule(Schedules.cosine())
          .epochs(2)
          .batch(8)
          .seed(5)
          .hooks(run)
          .checkpoint(new Checkpoint(file(), "test", 1))
          .listener(killer)
          .run(Halves.examples(1, 30), Halves.examples(2, 0));
      Map<String, Tensor> all = new LinkedHashMap<>(model.namedParameters());
      run.state().forEach((name, t) -> all.put("state." + name, t));
      Path weights = folder.resolve("weights");
      SafeTensors.write(weights, all, Map.of());
      return Files.readAllBytes(weights);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "average 0.9; noise 0.01, 3",
    "distillation soft=0; noise 0.01 @1, 4",
    "adv-pgd 0.1 warmup 5; learned 0.01; random 0.2; average 0.5, 6",
    "average 0.5; free eps=0.1 m=3; label_smoothing 0.1, 3",
    "n_fgsm eps=0.1; label_smoothing 0.1; awp warmup_epochs=1, 5",
    "grad_align eps=0.1; fast_fgsm eps=0.1; awp, 6",
    "curriculum attacks=[fgsm; pgd(steps=2)]; dynamic_feature_mask @1; label_smoothing 0.1, 6",
    "random 0.3 exact; random-rectangle 2 2 fixed; noise 0.01 @1, 5"
  })
  void aKilledRunEndsInTheSameBytes(String training, int killedAfter) throws IOException {
    byte[] whole = run(training, 0);
    Files.delete(file());
    assertThrows(Killed.class, () -> run(training, killedAfter));
    assertArrayEquals(whole, run(training, 0));
  }

  @Test
  void theStateOfAnotherDefenseIsRefused() {
    assertThrows(Killed.class, () -> run("average 0.9", 3));
    String message =
        assertThrows(CheckpointException.class, () -> run("random 0.2", 0)).getMessage();
    assertTrue(
        message.contains("the defense's state does not fit: '0.0.weight' is not expected")
            || message.contains("the defense's state does not fit: '0.1.weight' is not expected"),
        message);
  }
}
