package dev.teak.defenses;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.List;

/**
 * Two classes of small images: the left half is brighter, or the right half, by 0.4 over noise; and
 * trainings short enough for a test.
 */
public final class Halves {
  public static final Shape IMAGE = Shape.of(4, 4, 1);

  private Halves() {}

  /** So many, both classes in turn. */
  public static Examples examples(long seed, int n) {
    float[] pixels = new RandomStream(seed, "halves").uniform(Shape.of(n * 16)).toFloats();
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 2;
      for (int p = 0; p < 16; p++) {
        boolean bright = p % 4 / 2 == labels[i];
        pixels[i * 16 + p] = 0.15f + 0.3f * pixels[i * 16 + p] + (bright ? 0.4f : 0);
      }
    }
    return new Examples(pixels, labels, IMAGE);
  }

  /** A small network for them. */
  public static Module model() {
    return Models.parse("mlp").build(IMAGE, 2, new RandomStream(1, "init"));
  }

  /** Of a list as it is written. */
  public static List<Defense> defenses(String text) {
    return Settings.readAll(Defense.class, Written.of(text));
  }

  /** A model with defenses as they are written. */
  public static Defended defended(String text, Module model, Shape image, long seed) {
    return Defended.of(model, defenses(text), Trainee.of(model, image, 2, seed));
  }

  /** What they change of a training. */
  public static TrainingHooks hooks(String text, Module model, Shape image, long seed) {
    return defended(text, model, image, seed).hooks();
  }

  /** Where a training is at this step, for what depends on nothing else. */
  public static Step step(long number) {
    return new Step(number, number + 1, 0, 1);
  }

  /** Trains with Adam at a constant rate, in batches of 16. */
  public static void train(
      Module model, TrainingHooks hooks, double lr, int epochs, Examples examples)
      throws IOException {
    Trainer.of(model)
        .optimizer(Adam.adam(lr))
        .epochs(epochs)
        .batch(16)
        .seed(1)
        .hooks(hooks)
        .run(examples, examples.slice(0, 0));
  }
}
