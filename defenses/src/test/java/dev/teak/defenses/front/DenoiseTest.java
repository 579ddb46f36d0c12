package dev.teak.defenses.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Defense;
import dev.teak.defenses.Fitting;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.GradCheck;
import dev.teak.nn.Module;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.models.Models;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.EpochResult;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenoiseTest {
  private static final Shape IMAGE = Shape.of(8, 8, 1);

  /** Segments of a seven-segment display that are lit, from the top, clockwise, middle last. */
  private static final int[] LIT = {0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f};

  /** Rows and columns of each segment, first and last. */
  private static final int[][] SEGMENTS = {
    {0, 0, 1, 4}, {0, 3, 4, 4}, {3, 6, 4, 4}, {6, 6, 1, 4}, {3, 6, 1, 1}, {0, 3, 1, 1}, {3, 3, 1, 4}
  };

  @TempDir private Path folder;

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Digits as on a display, at four places. */
  private static Examples digits() {
    int n = 40;
    float[] x = new float[n * 64];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 10;
      int shift = i / 10 % 2 * 8 + i / 20; // a row, a column
      for (int s = 0; s < SEGMENTS.length; s++) {
        int[] at = SEGMENTS[s];
        for (int r = at[0]; (LIT[labels[i]] >> s & 1) == 1 && r <= at[1]; r++) {
          for (int c = at[2]; c <= at[3]; c++) {
            x[i * 64 + r * 8 + c + shift] = 1;
          }
        }
      }
    }
    return new Examples(x, labels, IMAGE);
  }

  private static Tensor clean() {
    return digits().batch(IntStream.range(0, 40).toArray(), 0, 40).images();
  }

  private static Tensor noisy() {
    Tensor x = clean();
    return x.add(new RandomStream(9, "noise").normal(x.shape()).mul(0.3)).clip(0, 1);
  }

  private static Denoise defense(String settings) {
    return (Denoise) Settings.parse(Defense.class, "denoise " + settings);
  }

  private static Module bare() {
    return Models.parse("conv 2 3 stride=2; tanh; flatten; linear 3")
        .build(IMAGE, 3, new RandomStream(1, "init"));
  }

  private static Trainee trainee() {
    return Trainee.of(bare(), IMAGE, 3, 5);
  }

  private static Module fitted(Denoise defense) throws IOException {
    Module front = defense.front(trainee());
    defense.fit(front, Fitting.of(trainee(), digits()));
    return front;
  }

  private static double error(Tensor x) {
    return Losses.mse(x, clean()).item();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"conv_autoencoder", "vae(latent=16 beta=0.01)", "aae(latent=16 hidden=16)"})
  void itTakesNoiseAway(String model) throws IOException {
    Denoise defense =
        defense("model=" + model + " noise=0.3 epochs=150 batch=20 optimizer=adam(0.01)");
    double before = error(noisy());
    double untrained = error(defense.front(trainee()).forward(noisy()));
    double after = error(fitted(defense).forward(noisy()));
    assertTrue(after < before / 2 && after < untrained, before + ", " + untrained + ", " + after);
  }

  @Test
  void theGradientOfAModelBehindItAgreesWithFiniteDifferences() throws IOException {
    try (Devices.Use use = Devices.use("reference");
        Scope scope = Scope.open()) {
      Denoise defense = defense("epochs=1 batch=8 recompute=true");
      try (Defended defended = Defended.of(bare(), List.of(defense), trainee())) {
        Module whole = defended.fit(digits().slice(0, 16)).model();
        whole.eval();
        Tensor x = new RandomStream(3, "x").uniform(Shape.of(1, 8, 8, 1));
        GradCheck.Report report = GradCheck.check(in -> whole.forward(in.get(0)), x);
        assertTrue(report.passed(), report::toString);
      }
    }
  }

  private static float[] slope(Module front) {
    Tensor x = noisy().requiresGrad(true);
    front.forward(x).square().sum().backward();
    return x.grad().toFloats();
  }

  @Test
  void recomputingChangesNoNumber() throws IOException {
    float[] plain = slope(fitted(defense("epochs=1 model=vae(sample=true)")));
    float[] again = slope(fitted(defense("epochs=1 model=vae(sample=true) recompute=true")));
    assertArrayEquals(plain, again);
  }

  @Test
  void itIsFrozenWhenItHasLearnedWhileTheModelBehindItTrains() throws IOException {
    Denoise defense = defense("epochs=1 model=aae");
    try (Defended defended = Defended.of(bare(), List.of(defense), trainee())) {
      Module front = defended.fronts().get(0).module();
      float[] before = front.parameters().get(0).toFloats();
      Module model = defended.fit(digits()).model();
      float[] learned = front.parameters().get(0).toFloats();
      assertFalse(Arrays.equals(before, learned), "it learns");
      front.parameters().forEach(p -> assertEquals(null, p.grad()));
      float[] behind = defended.behindFronts().parameters().get(0).toFloats();
      Trainer.of(model).batch(8).run(threeClasses(), digits().slice(0, 0));
      assertFalse(front.isTraining());
      assertArrayEquals(learned, front.parameters().get(0).toFloats());
      assertFalse(Arrays.equals(behind, defended.behindFronts().parameters().get(0).toFloats()));
    }
  }

  private static Examples threeClasses() {
    return new Examples(clean().toFloats(), new int[40], IMAGE);
  }

  @Test
  void oneThatIsReadAgainDrawsTheSameNumbers() throws IOException {
    Denoise defense = defense("epochs=1 model=vae(latent=2 sample=true)");
    Module learned = fitted(defense);
    Module read = defense.front(trainee());
    read.loadStateDict(learned.stateDict());
    assertArrayEquals(learned.forward(noisy()).toFloats(), read.forward(noisy()).toFloats());
    assertEquals(20, defense.answers());
    assertEquals(1, defense("model=vae").answers());
  }

  /** Weights after a fit of 10 batches, and its epochs' figures. */
  private byte[] fit(Denoise defense, int killedAfter, List<EpochResult> history)
      throws IOException {
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

          @Override
          public void onEpoch(EpochResult result) {
            history.add(result);
          }
        };
    Module front = defense.front(trainee());
    Checkpoint checkpoint = new Checkpoint(folder.resolve("resume"), "test", 1);
    defense.fit(front, new Fitting(trainee(), digits(), digits().slice(0, 4), checkpoint, killer));
    SafeTensors.write(folder.resolve("all"), front.stateDict(), Map.of());
    return Files.readAllBytes(folder.resolve("all"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv_autoencoder", "vae", "aae(hidden=4)"})
  void aKilledFitEndsInTheSameBytes(String model) throws IOException {
    Denoise defense = defense("epochs=2 batch=8 model=" + model);
    List<EpochResult> history = new ArrayList<>();
    byte[] whole = fit(defense, 0, history);
    assertEquals(2, history.size());
    assertTrue(history.get(0).figures().containsKey("validation_loss"));
    Files.delete(folder.resolve("resume"));
    assertThrows(Killed.class, () -> fit(defense, 7, new ArrayList<>()));
    List<EpochResult> resumed = new ArrayList<>();
    assertArrayEquals(whole, fit(defense, 0, resumed));
    assertEquals(history.get(1).figures(), resumed.get(0).figures());
  }

  @ParameterizedTest
  @CsvSource({
    "noise=-1, 'noise: -1.0: must be 0 or more, and finite'",
    "epochs=0, epochs: 0: must be 1 or more",
    "batch=0, batch: 0: must be 1 or more",
    "model=cnn, there is no autoencoder 'cnn'"
  })
  void nonsenseIsRefusedByTheSettingsName(String text, String complaint) {
    String message = assertThrows(IllegalArgumentException.class, () -> defense(text)).getMessage();
    assertTrue(message.contains(complaint), message);
  }
}
