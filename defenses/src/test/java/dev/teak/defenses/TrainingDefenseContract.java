package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered defense of a training owes, on every backend. */
abstract class TrainingDefenseContract extends FrontDefenseContract {
  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static Stream<TrainingDefense> trainingDefenses() {
    return ContractDefenses.of(TrainingDefense.class);
  }

  /** All that trained and was carried along; killed after so many of its 8 batches. */
  private byte[] trained(Defense defense, Path state, int killedAfter) throws IOException {
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
    Trainee trainee = Trainee.of(model, Halves.IMAGE, 2, 3);
    try (Defended defended = Defended.of(model, List.of(defense), trainee)) {
      Trainer.of(model)
          .optimizer(Adam.adam(1e-2))
          .epochs(2)
          .batch(8)
          .hooks(defended.hooks())
          .checkpoint(new Checkpoint(state, "test", 1))
          .listener(killer)
          .run(Halves.examples(1, 30), Halves.examples(2, 0));
      Map<String, Tensor> all = new LinkedHashMap<>(model.stateDict());
      defended.hooks().state().forEach((name, t) -> all.put("hooks." + name, t));
      Path weights = folder.resolve("weights");
      SafeTensors.write(weights, all, Map.of());
      return Files.readAllBytes(weights);
    }
  }

  @ParameterizedTest
  @MethodSource("trainingDefenses")
  void aSeedDecidesATrainingAndAKilledOneEndsInTheSameBytes(TrainingDefense defense)
      throws IOException {
    byte[] whole = trained(defense, folder.resolve("first"), 0);
    assertArrayEquals(whole, trained(defense, folder.resolve("second"), 0), "of one seed");
    Path state = folder.resolve("third");
    assertThrows(Killed.class, () -> trained(defense, state, 5));
    assertArrayEquals(whole, trained(defense, state, 0), "resumed");
  }

  @ParameterizedTest
  @MethodSource("allDefenses")
  void everyDefenseComesBackFromItsTextAndNamesItsSettings(Defense defense) {
    assertEquals(
        defense,
        dev.teak.nn.settings.Settings.parse(
            Defense.class, dev.teak.nn.settings.Settings.text(defense)));
    assertEquals(Defenses.REGISTRY.name(defense), Defenses.REGISTRY.settings(defense).get("name"));
  }

  static Stream<Defense> allDefenses() {
    return ContractDefenses.of(Defense.class);
  }
}
