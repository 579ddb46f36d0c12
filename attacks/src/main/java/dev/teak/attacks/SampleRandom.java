package dev.teak.attacks;

import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Random numbers for each image of a batch by itself: Philox under a key made of the attack's seed,
 * the use, and the image's own pixels. So what an image is given depends neither on its batch nor
 * on its place in it, and is the same on every device: the numbers are made on the host.
 */
public final class SampleRandom {
  private static final long ODD = 0x9E3779B97F4A7C15L;

  private final long[] keys;
  private long position;

  private SampleRandom(long[] keys) {
    this.keys = keys;
  }

  /**
   * A stream for each image.
   *
   * @param images what makes each image itself, from {@link #identities}
   * @param seed of the attack
   * @param use what the numbers are for; streams of different uses do not touch
   */
  static SampleRandom of(long[] images, long seed, String use) {
    long[] keys = new long[images.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Philox.key(Philox.key(seed, use) ^ images[i], "");
    }
    return new SampleRandom(keys);
  }

  /** A number for each image that its pixels alone decide. */
  static long[] identities(float[] pixels, int n) {
    long[] ids = new long[n];
    for (int i = 0; i < n; i++) {
      long h = ODD;
      for (int p = i * (pixels.length / n); p < (i + 1) * (pixels.length / n); p++) {
        h = Long.rotateLeft((h ^ Float.floatToIntBits(pixels[p])) * ODD, 29);
      }
      ids[i] = h;
    }
    return ids;
  }

  /** How many images there are. */
  public int size() {
    return keys.length;
  }

  /**
   * The next {@code count} uniform numbers in [0, 1) of one image; {@link #advance} moves all
   * images on.
   */
  public float[] peek(int image, int count) {
    float[] out = new float[count];
    fill(image, out, 0, count);
    return out;
  }

  /** Moves every image's stream on by {@code count} numbers, rounded up to a multiple of 4. */
  public void advance(int count) {
    position += (count + 3L) / 4;
  }

  private void fill(int image, float[] out, int from, int count) {
    int[] block = new int[4];
    for (int i = 0; i < count; i++) {
      if (i % 4 == 0) {
        Philox.block(keys[image], position + i / 4, block);
      }
      out[from + i] = Philox.toUniform(block[i % 4]);
    }
  }

  private float[] next(int count) {
    float[] out = new float[keys.length * count];
    for (int i = 0; i < keys.length; i++) {
      fill(i, out, i * count, count);
    }
    advance(count);
    return out;
  }

  /** Uniform numbers in [low, high), {@code [N, image...]}. */
  public Tensor uniform(Shape image, double low, double high) {
    float[] u = next(image.size());
    for (int i = 0; i < u.length; i++) {
      u[i] = (float) (low + (high - low) * u[i]);
    }
    return tensor(u, image);
  }

  /** -1 or 1 with equal chance, {@code [N, image...]}. */
  public Tensor signs(Shape image) {
    float[] u = next(image.size());
    for (int i = 0; i < u.length; i++) {
      u[i] = u[i] < 0.5f ? -1 : 1;
    }
    return tensor(u, image);
  }

  /** Standard normal numbers by Box and Muller, {@code [N, image...]}. */
  public Tensor normal(Shape image) {
    int count = image.size();
    int even = count + count % 2;
    float[] u = next(even);
    float[] z = new float[keys.length * count];
    for (int i = 0; i < keys.length; i++) {
      for (int p = 0; p < count; p += 2) {
        double radius = Math.sqrt(-2 * Math.log(1.0 - u[i * even + p]));
        double angle = 2 * Math.PI * u[i * even + p + 1];
        z[i * count + p] = (float) (radius * Math.cos(angle));
        if (p + 1 < count) {
          z[i * count + p + 1] = (float) (radius * Math.sin(angle));
        }
      }
    }
    return tensor(z, image);
  }

  private Tensor tensor(float[] values, Shape image) {
    int[] dims = new int[image.rank() + 1];
    dims[0] = keys.length;
    System.arraycopy(image.dims(), 0, dims, 1, image.rank());
    return Tensor.of(values, dims);
  }
}
