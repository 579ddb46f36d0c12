package dev.teak.nn.augment;

import dev.teak.engine.Philox;

/**
 * Random numbers of one image in one epoch. They depend on nothing else, and so neither on the
 * batch, nor on the thread that asks, nor on where a resumed run began.
 */
public final class Draws {
  private final long key;
  private final int[] words = new int[4];
  private long taken;
  private double spare = Double.NaN; // the second of two normal numbers

  /** Those of the image of this number, in a run of this seed. */
  public Draws(long seed, int epoch, int image) {
    this.key = Philox.key(Philox.key(seed, "augment/" + epoch) ^ image, "");
  }

  private int word() {
    if (taken % 4 == 0) {
      Philox.block(key, taken / 4, words);
    }
    return words[(int) (taken++ % 4)];
  }

  /** The next uniform number in [0, 1). */
  public double uniform() {
    return Philox.toUniform(word());
  }

  /** The next whole number, 0 or more and below {@code bound}, all of them as likely. */
  public int below(int bound) {
    return (int) (((word() & 0xFFFFFFFFL) * bound) >>> 32);
  }

  /** The next standard normal number, by Marsaglia's polar method. */
  public double normal() {
    if (!Double.isNaN(spare)) {
      double second = spare;
      spare = Double.NaN;
      return second;
    }
    double u;
    double v;
    double s;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s == 0);
    double scale = Math.sqrt(-2 * StrictMath.log(s) / s); // the same bits on every machine
    spare = v * scale;
    return u * scale;
  }
}
