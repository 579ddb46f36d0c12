package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Autoencoders train by their own hooks, and a killed training ends as one never stopped. */
class AutoencoderTrainingTest {
  private static final int SIDE = 6;

  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Images of one bright column or row on gray. */
  private static Examples data(int n) {
    float[] x = new float[n * SIDE * SIDE];
    for (int i = 0; i < x.length; i++) {
      int image = i / (SIDE * SIDE);
      int line = image % 2 == 0 ? i % SIDE : i / SIDE % SIDE;
      x[i] = line == image / 2 % SIDE ? 0.9f : 0.1f;
    }
    return new Examples(x, new int[n], Shape.of(SIDE, SIDE, 1));
  }

  private record Run(Map<String, Tensor> state, List<EpochResult> history) {
    byte[] bytes(Path folder) throws IOException {
      SafeTensors.write(folder.resolve("all"), state, Map.of());
      return Files.readAllBytes(folder.resolve("all"));
    }

    List<Map<String, Double>> figures() {
      return history.stream().map(EpochResult::figures).toList();
    }
  }

  private Run run(String text, int epochs, int killedAfter) throws IOException {
    Autoencoder autoencoder = Settings.parse(Autoencoder.class, text);
    Module model = autoencoder.build(Shape.of(SIDE, SIDE, 1), new RandomStream(1, "init"));
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
    TrainingHooks hooks = autoencoder.hooks(model, 5);
    List<EpochResult> history =
        Trainer.of(model)
            .objective(Objective.RECONSTRUCTION)
            .optimizer(Adam.adam(1e-2))
            .epochs(epochs)
            .batch(8)
            .hooks(hooks)
            .checkpoint(new Checkpoint(folder.resolve("resume"), "test", 2))
            .listener(killer)
            .run(data(24), data(6));
    Map<String, Tensor> all = new LinkedHashMap<>(model.stateDict());
    hooks.state().forEach((name, t) -> all.put("hooks." + name, t));
    return new Run(all, history);
  }

  @ParameterizedTest
  @CsvSource({
    "conv_autoencoder, 3",
    "vae latent=2, 3",
    "vae latent=2, 5",
    "vae latent=2 sample=true, 4",
    "aae latent=2 hidden=4, 2",
    "aae latent=2 hidden=4, 5"
  })
  void aKilledTrainingEndsInTheSameBytesAndFigures(String text, int killedAfter)
      throws IOException {
    Run whole = run(text, 2, 0);
    byte[] bytes = whole.bytes(folder);
    Files.delete(folder.resolve("resume"));
    assertThrows(Killed.class, () -> run(text, 2, killedAfter));
    Run resumed = run(text, 2, 0);
    assertArrayEquals(bytes, resumed.bytes(folder));
    assertEquals(whole.figures(), resumed.figures());
  }

  /** Gray images are the best that a model without a code could give back. */
  @ParameterizedTest
  @CsvSource({
    "conv_autoencoder, 'loss,validation_loss'",
    "vae latent=4 beta=0.01, 'loss,validation_loss,reconstruction,kl'",
    "aae latent=4 hidden=8,"
        + " 'loss,validation_loss,reconstruction,encoder_loss,discriminator_loss'",
  })
  void trainingMakesTheReconstructionBetterThanTheMeanImage(String text, String figures)
      throws IOException {
    List<EpochResult> history = run(text, 60, 0).history();
    Map<String, Double> last = history.get(59).figures();
    assertEquals(List.of(figures.split(",")), List.copyOf(last.keySet()));
    double mean = variance(data(6));
    assertTrue(history.get(0).figures().get("validation_loss") > mean);
    assertTrue(last.get("validation_loss") < 0.8 * mean, last + "; mean image: " + mean);
  }

  /** The mean squared error of the mean of all images. */
  private static double variance(Examples examples) {
    int[] order = IntStream.range(0, examples.size()).toArray();
    return examples.batch(order, 0, order.length).images().var(new int[] {0}, 0).mean().item();
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv_autoencoder", "vae(latent=2)", "aae(latent=2 hidden=4)"})
  void itBeginsWithTheMeanColorOfItsImages(String text) {
    Autoencoder autoencoder = Settings.parse(Autoencoder.class, text);
    Module model = autoencoder.build(Shape.of(SIDE, SIDE, 1), new RandomStream(1, "init"));
    try (TrainingHooks hooks = autoencoder.hooks(model, 1)) {
      hooks.fit(data(300), 8);
    }
    double bias =
        model.namedParameters().entrySet().stream()
            .filter(e -> e.getKey().endsWith("4.bias"))
            .mapToDouble(e -> e.getValue().toDoubles()[0])
            .findFirst()
            .orElseThrow();
    double mean = (0.9 + 5 * 0.1) / 6;
    assertEquals(Math.log(mean / (1 - mean)), bias, 1e-6);
  }
}
