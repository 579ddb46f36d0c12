package dev.teak.defenses;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.train.Examples;

/** Two classes of small images: the left half is brighter, or the right half, by 0.4 over noise. */
final class Halves {
  static final Shape IMAGE = Shape.of(4, 4, 1);

  private Halves() {}

  static Examples examples(long seed, int n) {
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
}
