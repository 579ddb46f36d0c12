package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Defense;
import dev.teak.defenses.Defenses;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Label smoothing and Gaussian augmentation: what becomes of a batch. */
class BatchDefensesTest {
  private static final Module MODEL = Layers.flatten();

  private static Batch changed(String defense, int classes, long seed, long step, Batch batch) {
    TrainingDefense d = Settings.parse(TrainingDefense.class, defense);
    Trainee trainee = Trainee.of(MODEL, Shape.of(1, 1, 1), classes, seed);
    return d.on(trainee).batch(MODEL, batch, new Step(step, 100, 0, 1));
  }

  private static Batch grey(int pixels) {
    return Batch.of(Tensor.full(0.5, 1, pixels, 1, 1), Tensor.ofInts(new int[] {1}, 1));
  }

  @Test
  void smoothingGivesAShareOfTheTargetToAllClassesAlike() {
    double[] targets = changed("label_smoothing 0.2", 4, 1, 0, grey(1)).targets().toDoubles();
    assertArrayEquals(new double[] {0.05, 0.85, 0.05, 0.05}, targets, 1e-7);
    targets = changed("label_smoothing", 2, 1, 0, grey(1)).targets().toDoubles();
    assertArrayEquals(new double[] {0.05, 0.95}, targets, 1e-7);
  }

  @Test
  void smoothingTakesProbabilitiesToo() {
    Batch soft = grey(1).targets(Tensor.of(new double[] {0.25, 0.75}, 1, 2));
    double[] targets = changed("label_smoothing 0.4", 2, 1, 0, soft).targets().toDoubles();
    assertArrayEquals(new double[] {0.35, 0.65}, targets, 1e-7);
  }

  @Test
  void smoothingRefusesTargetsThatAreNoClasses() {
    Batch images = grey(4).targets(grey(4).images());
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> changed("label_smoothing", 4, 1, 0, images))
            .getMessage();
    assertEquals(
        "label_smoothing: targets [1, 4, 1, 1] of a batch; it needs classes [N] or probabilities"
            + " [N, 4]",
        message);
  }

  /** The deviation of 10,000 draws lies within four of its own, 4 / sqrt(2 10000) = 2.8%. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.05})
  void noiseHasItsDeviation(double sigma) {
    Batch noisy = changed("gaussian_augmentation sigma=" + sigma, 2, 1, 0, grey(10_000));
    assertEquals(sigma, noisy.images().std().item(), 0.028 * sigma);
    assertEquals(0.5, noisy.images().mean().item(), 4 * sigma / 100);
    assertEquals(1, noisy.labels().toInts()[0]);
  }

  @Test
  void noisyImagesAreClippedToTheRange() {
    float[] pixels = changed("gaussian_augmentation 3", 2, 1, 0, grey(100)).images().toFloats();
    Arrays.sort(pixels);
    assertEquals(0, pixels[0]);
    assertEquals(1, pixels[99]);
  }

  @Test
  void noiseIsThatOfTheSeedAndTheStep() {
    String d = "gaussian_augmentation";
    float[] first = changed(d, 2, 1, 7, grey(8)).images().toFloats();
    assertArrayEquals(first, changed(d, 2, 1, 7, grey(8)).images().toFloats());
    assertFalse(Arrays.equals(first, changed(d, 2, 1, 8, grey(8)).images().toFloats()));
    assertFalse(Arrays.equals(first, changed(d, 2, 2, 7, grey(8)).images().toFloats()));
  }

  @Test
  void noNoiseLeavesTheImages() {
    Batch batch = grey(8);
    Batch same = changed("gaussian_augmentation 0", 2, 1, 7, batch);
    assertArrayEquals(batch.images().toFloats(), same.images().toFloats());
    assertSame(batch.targets(), same.targets());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "label_smoothing 1 | label_smoothing: epsilon: 1.0: must be in [0, 1)",
        "label_smoothing -1 | label_smoothing: epsilon: -1.0: must be in [0, 1)",
        "gaussian_augmentation -1 | sigma: -1.0: must be 0 or more, and finite",
        "adversarial_logit_pairing | the setting 'attack' is missing",
        "adversarial_logit_pairing fgsm(eps=0.3) weight=-1 |"
            + " weight: -1.0: must be 0 or more, and finite",
        "distillation 0 | distillation: temperature: 0.0: must be above 0, and finite",
        "distillation soft=2 | distillation: soft: 2.0: must be in 0..1",
        "unused_nodes below=0 | unused_nodes: below: 0.0: must be above 0, and finite",
        "unused_nodes fraction=1 | unused_nodes: fraction: 1.0: must be above 0 and below 1",
        "unused_nodes below=1 fraction=0.5 | fraction: stands beside below; give one of them",
        "feature_denoising @0 filter=max | choose mean, median, gaussian, non_local",
      })
  void nonsenseIsRefusedByTheSettingsName(String text, String complaint) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Settings.parse(Defense.class, text))
            .getMessage();
    assertTrue(message.contains(complaint), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "distillation",
        "distillation temperature=10 soft=0",
        "adversarial_logit_pairing attack=fgsm(eps=0.3)",
        "adversarial_logit_pairing attack=pgd(eps=0.1 steps=10) weight=2",
        "label_smoothing epsilon=0.2",
        "gaussian_augmentation sigma=0.3",
        "unused_nodes",
        "unused_nodes below=0.05",
        "unused_nodes fraction=0.2 layer=3 of=gradients",
        "feature_denoising",
        "feature_denoising layer=3",
        "feature_denoising layer=layer1.0 filter=median"
      })
  void aDefenseIsReadBackFromItsText(String text) {
    Defense defense = Settings.parse(Defense.class, text);
    assertEquals(text, Settings.text(defense));
    assertEquals(defense, Defenses.REGISTRY.read(Written.of(text)));
  }
}
