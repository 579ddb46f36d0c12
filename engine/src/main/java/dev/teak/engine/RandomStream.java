package dev.teak.engine;

/**
 * One named stream of a run's random numbers: Philox 4x32-10 under a key made of the run's seed and
 * the stream's name. The same seed and name give the same uniform numbers on every device. Its
 * position is all its state, so a run resumes by setting it.
 */
public final class RandomStream {
  private final long key;
  private long position;

  /** The stream {@code name} of the run's {@code seed}, at its start. */
  public RandomStream(long seed, String name) {
    this.key = Philox.key(seed, name);
  }

  private RandomStream(long key) {
    this.key = key;
  }

  /**
   * The stream {@code name} among those that belong to this one, at its start: other numbers, which
   * do not depend on this one's position.
   */
  public RandomStream derived(String name) {
    return new RandomStream(Philox.key(key, name));
  }

  /** How many words were taken; a multiple of 4. */
  public long position() {
    return position;
  }

  /** Goes to a position that {@link #position} gave. */
  public void seek(long position) {
    if (position < 0 || position % 4 != 0) {
      throw new IllegalArgumentException(
          "random stream position " + position + ": must be a multiple of 4, 0 or more");
    }
    this.position = position;
  }

  private long take(int words) {
    Recompute.drawing(this);
    long start = position;
    position += (words + 3L) / 4 * 4;
    return start;
  }

  /** Uniform numbers in [0, 1) on the current device. */
  public Tensor uniform(Shape shape) {
    Tensor out = Tensor.allocate(Devices.current(), shape);
    out.device().uniform(key, take(shape.size()), out.buffer());
    return out;
  }

  /** Uniform numbers in [low, high) on the current device. */
  public Tensor uniform(Shape shape, double low, double high) {
    return uniform(shape).mul(high - low).add(low);
  }

  /** Standard normal numbers by Box and Muller, two uniforms each, on the current device. */
  public Tensor normal(Shape shape) {
    Tensor radius = uniform(shape).neg().add(1).log().mul(-2).sqrt();
    return radius.mul(uniform(shape).mul(2 * Math.PI).cos());
  }

  /** A random order of 0..n-1 (Fisher and Yates), computed on the host. */
  public int[] permutation(int n) {
    int[] order = new int[n];
    int[] block = new int[4];
    long start = take(n);
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      long word = start + i;
      Philox.block(key, word / 4, block);
      int j = (int) (((block[(int) (word % 4)] & 0xFFFFFFFFL) * (i + 1)) >>> 32);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }
}
