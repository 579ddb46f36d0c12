package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipException;

/** The idx format of MNIST and Fashion-MNIST, unsigned bytes, gzipped or not. */
public final class IdxReader {
  private static final int UNSIGNED_BYTE = 8;

  /** Deflate makes no more than this of a byte. */
  private static final long MOST_UNPACKED = 1032;

  private IdxReader() {}

  /**
   * The first images with their labels.
   *
   * @param images an idx3 file, or an idx4 file with channels last
   * @param labels an idx1 file of as many entries
   * @param limit images at most; no more are read
   * @throws DataException naming the file and what is wrong with it
   */
  public static Dataset read(
      String name, Path images, Path labels, List<String> classNames, int limit)
      throws IOException {
    DataFile.require(images);
    try (InputStream in = DataFile.open(images)) {
      int[] dims = header(images, in, images.getFileName().toString().contains("idx4") ? 4 : 3);
      int[] classes = labels(labels);
      if (dims[0] != classes.length) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: has %d images, but %s has %d labels",
                images,
                dims[0],
                labels,
                classes.length));
      }
      for (int i = 0; i < classes.length; i++) {
        if (classes[i] >= classNames.size()) {
          throw new DataException(
              String.format(
                  Locale.ROOT,
                  "%s: label %d of image %d is outside 0..%d",
                  labels,
                  classes[i],
                  i,
                  classNames.size() - 1));
        }
      }
      Shape image = Shape.of(dims[1], dims[2], dims.length == 4 ? dims[3] : 1);
      int count = Math.min(dims[0], limit);
      ByteImages pixels = pixels(images, in, dims, count, image);
      Examples examples = new Examples(pixels, Arrays.copyOf(classes, count));
      return new Dataset(name, examples, classNames);
    } catch (EOFException | ZipException e) {
      throw DataFile.damaged(images, e);
    }
  }

  /** The labels of an idx1 file. */
  static int[] labels(Path file) throws IOException {
    DataFile.require(file);
    try (InputStream in = DataFile.open(file)) {
      int[] dims = header(file, in, 1);
      byte[] bytes = in.readNBytes(dims[0]);
      requireAll(file, in, dims, bytes.length);
      int[] labels = new int[bytes.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = bytes[i] & 0xFF;
      }
      return labels;
    } catch (EOFException | ZipException e) {
      throw DataFile.damaged(file, e);
    }
  }

  private static ByteImages pixels(Path file, InputStream in, int[] dims, int count, Shape image)
      throws IOException {
    long[] held = new long[1];
    ByteImages pixels =
        ByteImages.read(
            count,
            image,
            (to, at) -> {
              int n = in.readNBytes(to, at, image.size());
              held[0] += n;
              if (n < image.size()) {
                throw wrongSize(file, dims, held[0]);
              }
            });
    if (count == dims[0]) {
      requireAll(file, in, dims, held[0]);
    }
    return pixels;
  }

  /** Reads magic and extents, and holds the file's size against them, as far as it tells. */
  private static int[] header(Path file, InputStream in, int rank) throws IOException {
    byte[] head = in.readNBytes(4 + 4 * rank);
    if (head.length < 4 + 4 * rank) {
      throw new DataException(
          file + ": has " + head.length + " bytes, fewer than an idx" + rank + " header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(head);
    int expected = UNSIGNED_BYTE << 8 | rank;
    int magic = buffer.getInt();
    if (magic != expected) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: begins with 0x%08x, an idx%d file of bytes with 0x%08x",
              file,
              magic,
              rank,
              expected));
    }
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = buffer.getInt();
    }
    long size = size(dims);
    if (size == 0) {
      throw new DataException(file + ": is empty, its header announces no data");
    }
    boolean packed = DataFile.isGzipped(file);
    if (packed && size > MOST_UNPACKED * Files.size(file)) {
      throw new DataException(
          file
              + ": is too short for the "
              + Arrays.toString(dims)
              + " bytes that its header announces; it is truncated");
    }
    if (!packed && size != Files.size(file) - head.length) {
      throw wrongSize(file, dims, Files.size(file) - head.length);
    }
    return dims;
  }

  /** The product, or more than any file has. */
  private static long size(int... dims) {
    long size = 1;
    for (int dim : dims) {
      size = dim < 0 || (dim > 0 && size > Long.MAX_VALUE / dim) ? Long.MAX_VALUE : size * dim;
    }
    return size;
  }

  /** Asks a stream for its end, which is where it notices what is wrong with it. */
  private static void requireAll(Path file, InputStream in, int[] dims, long held)
      throws IOException {
    long all = held + in.transferTo(OutputStream.nullOutputStream());
    if (all != size(dims)) {
      throw wrongSize(file, dims, all);
    }
  }

  private static DataException wrongSize(Path file, int[] dims, long held) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s: holds %d bytes of data, its header announces %s; %s",
            file,
            held,
            Arrays.toString(dims),
            held < size(dims) ? "it is truncated" : "there is more than that"));
  }
}
