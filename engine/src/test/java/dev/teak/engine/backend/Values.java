package dev.teak.engine.backend;

import java.util.Random;

/** Test data: floats with zeros, ties and both signs among them. */
final class Values {
  /** Where functions have their corners. */
  static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -1.5f,
    -2.5f,
    2f,
    -2f,
    3f,
    -3f,
    100f,
    -100f,
    1e-3f,
    -1e-3f,
    Float.MIN_NORMAL
  };

  private Values() {}

  /** Values of many sizes: zeros, small whole numbers (ties), and magnitudes from 2^-10 to 2^6. */
  static float[] wide(Random random, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] =
          switch (random.nextInt(8)) {
            case 0 -> 0f;
            case 1, 2 -> random.nextInt(7) - 3;
            case 3 -> (float) Math.scalb(random.nextGaussian(), random.nextInt(17) - 10);
            default -> (float) random.nextGaussian();
          };
    }
    return v;
  }

  /** Values within [-2, 2], zeros among them. */
  static float[] bounded(Random random, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextInt(8) == 0 ? 0f : random.nextFloat() * 4 - 2;
    }
    return v;
  }

  /** Zeros and values of magnitude 0.5 to 2: sums with a small weight decay never cancel. */
  static float[] apartFromZero(Random random, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      float magnitude = 0.5f + 1.5f * random.nextFloat();
      v[i] = random.nextInt(8) == 0 ? 0f : random.nextBoolean() ? magnitude : -magnitude;
    }
    return v;
  }

  /** A few different values only, so that most comparisons are ties. */
  static float[] tied(Random random, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextInt(5) - 3;
    }
    return v;
  }

  /** Every pair of special values: the first of each pair, or the second. */
  static float[] specialPairs(boolean second) {
    int n = SPECIAL.length;
    float[] v = new float[n * n];
    for (int i = 0; i < v.length; i++) {
      v[i] = SPECIAL[second ? i % n : i / n];
    }
    return v;
  }
}
