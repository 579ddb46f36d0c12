package dev.teak.defenses;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Models;
import dev.teak.nn.Module;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import dev.teak.nn.train.TrainingMethod;
import java.io.IOException;
import java.util.Map;

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
    return Models.mlp(IMAGE, 2, new RandomStream(1, "init"));
  }

  /** Trains with Adam at a constant rate, in batches of 16. */
  public static void train(
      Module model,
      TrainingMethod method,
      Map<String, Tensor> parameters,
      double lr,
      int epochs,
      Examples examples)
      throws IOException {
    Adam adam = Adam.adam(parameters, lr);
    LrSchedule schedule = LrSchedule.constant(lr);
    new Trainer(model, adam, schedule, epochs, 16, 1, method, null, TrainingListener.SILENT)
        .run(examples, examples.slice(0, 0));
  }
}
