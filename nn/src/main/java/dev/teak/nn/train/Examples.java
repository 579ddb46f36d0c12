package dev.teak.nn.train;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Labelled images on the host, from which batches are made. Whatever part of them is asked for is a
 * view: no image is copied.
 *
 * @param images one for each label
 * @param labels true classes, 0 or more
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a data set's arrays, never compared
public record Examples(Images images, int[] labels) {
  /**
   * Of floats.
   *
   * @param pixels {@code labels x H x W x C}
   * @param image {@code [H, W, C]}
   */
  public Examples(float[] pixels, int[] labels, Shape image) {
    this(Images.of(pixels, image), labels);
  }

  /** Rejects lengths that do not fit each other. */
  public Examples {
    if (images.image().rank() != 3 || images.size() != labels.length) {
      throw new IllegalArgumentException(
          "examples: "
              + images.size()
              + " images "
              + images.image()
              + " and "
              + labels.length
              + " labels; there must be as many, and images must be [H, W, C]");
    }
  }

  /** How many there are. */
  public int size() {
    return labels.length;
  }

  /** The shape of an image, {@code [H, W, C]}. */
  public Shape image() {
    return images.image();
  }

  /** Those of these numbers, in this order. */
  public Examples select(int... numbers) {
    Images some = images.select(numbers); // says which number there is not
    return new Examples(some, Arrays.stream(numbers).map(i -> labels[i]).toArray());
  }

  /** Numbers {@code from} (with) to {@code to} (without). */
  public Examples slice(int from, int to) {
    return select(IntStream.range(from, to).toArray());
  }

  /** The first {@code n}, or all where there are fewer. */
  public Examples take(int n) {
    return n >= size() ? this : slice(0, n);
  }

  /**
   * Two parts of examples, each in the order of the whole.
   *
   * @param rest what is left, as to train on
   * @param held what is held back, as to judge by
   */
  public record Split(Examples rest, Examples held) {}

  /** As the other, with a share of all held back, above 0 and below 1. */
  public Split split(double share, long seed) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "split: the share to hold back is " + share + "; it must be above 0 and below 1");
    }
    return split((int) Math.round(share * size()), seed);
  }

  /**
   * Holds some back, drawn by the seed, as many of each class as its share of all is; where that is
   * no whole number, the classes with the largest remainders have one more.
   *
   * @throws IllegalArgumentException if there are not that many
   */
  public Split split(int held, long seed) {
    return Stratified.split(this, held, seed);
  }

  /**
   * Splits for cross-validation: each example is held back in one of them. The folds are drawn by
   * the seed; their sizes, and how many of a class they have, differ by one at most.
   *
   * @throws IllegalArgumentException if {@code k} is below 2 or more than there are examples
   */
  public List<Split> folds(int k, long seed) {
    return Stratified.folds(this, k, seed);
  }

  /** Their number and a checksum of images and labels, to tell one data set from another. */
  public String fingerprint() {
    CRC32 crc = new CRC32();
    for (int i = 0; i < size(); i++) {
      images.addTo(crc, i);
    }
    ByteBuffer bytes = ByteBuffer.allocate(size() * Integer.BYTES);
    bytes.asIntBuffer().put(labels);
    crc.update(bytes);
    return String.format(Locale.ROOT, "%d of %s, checksum %08x", size(), image(), crc.getValue());
  }

  /**
   * The order of an epoch: from the run's seed and the epoch's number alone, so that it resumes.
   */
  public int[] shuffled(long seed, int epoch) {
    return new RandomStream(seed, "shuffle/" + epoch).permutation(size());
  }

  /** The examples at {@code order[from..to)} as a batch on the current device. */
  public Batch batch(int[] order, int from, int to) {
    return read(order, from, to).onDevice();
  }

  /** The examples at {@code order[from..to)} on the host. */
  HostBatch read(int[] order, int from, int to) {
    int n = to - from;
    float[] x = new float[n * image().size()];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      images.read(order[from + i], x, i * image().size());
      y[i] = labels[order[from + i]];
    }
    return new HostBatch(x, y, image());
  }
}
