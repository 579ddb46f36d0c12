package dev.teak.attacks.evaluation;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Images of 8 x 8 pixels, noise with one brighter quadrant, which is the class: learnt in a second,
 * and broken by a change of 0.2 a pixel, since the quadrant is brighter by 0.25 only.
 */
public final class Quadrants {
  /** Of one image. */
  public static final Shape IMAGE = Shape.of(8, 8, 1);

  /** One a quadrant. */
  public static final int CLASSES = 4;

  /** Breaks a plain network. */
  public static final double EPSILON = 0.2;

  private Quadrants() {}

  /** So many, the classes in turn. */
  public static Examples examples(long seed, int n) {
    float[] pixels = new RandomStream(seed, "quadrants").uniform(Shape.of(n * 64)).toFloats();
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % CLASSES;
      for (int p = 0; p < 64; p++) {
        int quadrant = p / 32 * 2 + p % 8 / 4;
        float bright = quadrant == labels[i] ? 0.25f : 0;
        pixels[i * 64 + p] = 0.2f + 0.3f * pixels[i * 64 + p] + bright;
      }
    }
    return new Examples(pixels, labels, IMAGE);
  }

  /** A network that is right on all of them. */
  public static Module trained() {
    Module model = Models.parse("mlp").build(IMAGE, CLASSES, new RandomStream(1, "init"));
    Trainer trainer = Trainer.of(model).optimizer(Adam.adam(2e-3)).epochs(6).batch(32).seed(1);
    try {
      trainer.run(examples(1, 640), examples(2, 8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }
}
