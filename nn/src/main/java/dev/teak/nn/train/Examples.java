package dev.teak.nn.train;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Labelled images on the host, from which batches are made.
 *
 * @param pixels {@code count x H x W x C}
 * @param labels true classes, one for each image
 * @param image {@code [H, W, C]}
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a data set's arrays, never compared
public record Examples(Pixels pixels, int[] labels, Shape image) {
  /** Of floats. */
  public Examples(float[] pixels, int[] labels, Shape image) {
    this(Pixels.of(pixels), labels, image);
  }

  /** Rejects lengths that do not fit each other. */
  public Examples {
    if (image.rank() != 3 || pixels.length() != (long) labels.length * image.size()) {
      throw new IllegalArgumentException(
          "examples: "
              + pixels.length()
              + " pixels and "
              + labels.length
              + " labels for images "
              + image
              + "; pixels must be labels x H x W x C");
    }
  }

  /** How many there are. */
  public int size() {
    return labels.length;
  }

  /** Numbers {@code from} (with) to {@code to} (without). */
  public Examples slice(int from, int to) {
    return new Examples(
        pixels.slice(from * image.size(), to * image.size()),
        Arrays.copyOfRange(labels, from, to),
        image);
  }

  /** Their number and a checksum of pixels and labels, to tell one data set from another. */
  public String fingerprint() {
    CRC32 crc = new CRC32();
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
    int most = chunk.capacity() / Float.BYTES;
    float[] values = new float[most];
    for (int from = 0; from < pixels.length(); from += most) {
      int n = Math.min(most, pixels.length() - from);
      pixels.read(from, values, 0, n);
      chunk.clear().asFloatBuffer().put(values, 0, n);
      crc.update(chunk.limit(n * Float.BYTES));
    }
    for (int from = 0; from < labels.length; from += most) {
      int n = Math.min(most, labels.length - from);
      chunk.clear().asIntBuffer().put(labels, from, n);
      crc.update(chunk.limit(n * Integer.BYTES));
    }
    return String.format(Locale.ROOT, "%d of %s, checksum %08x", size(), image, crc.getValue());
  }

  /**
   * The order of an epoch: from the run's seed and the epoch's number alone, so that it resumes.
   */
  public int[] shuffled(long seed, int epoch) {
    return new RandomStream(seed, "shuffle/" + epoch).permutation(size());
  }

  /**
   * A batch on the current device.
   *
   * @param images {@code [n, H, W, C]}
   * @param labels INT32 {@code [n]}
   */
  public record Batch(Tensor images, Tensor labels) {}

  /** The examples at {@code order[from..to)} as a batch on the current device. */
  public Batch batch(int[] order, int from, int to) {
    int n = to - from;
    float[] x = new float[n * image.size()];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      int at = order[from + i];
      pixels.read(at * image.size(), x, i * image.size(), image.size());
      y[i] = labels[at];
    }
    Tensor images = Tensor.of(x, n, image.dim(0), image.dim(1), image.dim(2));
    return new Batch(images, Tensor.ofInts(y, n));
  }
}
