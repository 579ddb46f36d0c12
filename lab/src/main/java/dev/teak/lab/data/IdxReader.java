package dev.teak.lab.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;

/** The idx format of MNIST and Fashion-MNIST, unsigned bytes, gzipped or not. */
public final class IdxReader {
  private static final int UNSIGNED_BYTE = 8;

  private IdxReader() {}

  /**
   * Images with their labels.
   *
   * @param images an idx3 file
   * @param labels an idx1 file of as many entries
   * @throws DataException naming the file and what is wrong with it
   */
  public static Dataset read(String name, Path images, Path labels, int classes)
      throws IOException {
    ByteBuffer pixels = ByteBuffer.wrap(DataFile.read(images));
    int[] dims = header(images, pixels, 3);
    ByteBuffer classNumbers = ByteBuffer.wrap(DataFile.read(labels));
    int[] count = header(labels, classNumbers, 1);
    if (dims[0] != count[0]) {
      throw new DataException(
          images + ": has " + dims[0] + " images, but " + labels + " has " + count[0] + " labels");
    }
    byte[] x = new byte[pixels.remaining()];
    pixels.get(x);
    int[] y = new int[count[0]];
    for (int i = 0; i < y.length; i++) {
      y[i] = classNumbers.get() & 0xFF;
      if (y[i] >= classes) {
        throw new DataException(
            labels + ": label " + y[i] + " of image " + i + " is outside 0.." + (classes - 1));
      }
    }
    return new Dataset(name, dims[1], dims[2], 1, classes, x, y);
  }

  /** Reads magic and extents, and holds the rest of the file against them. */
  private static int[] header(Path file, ByteBuffer in, int rank) {
    int expected = UNSIGNED_BYTE << 8 | rank;
    if (in.remaining() < 4 + 4 * rank) {
      throw new DataException(
          file + ": has " + in.remaining() + " bytes, fewer than an idx" + rank + " header");
    }
    int magic = in.getInt();
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
    long size = 1;
    for (int i = 0; i < rank; i++) {
      dims[i] = in.getInt();
      size = dims[i] < 0 || size > Integer.MAX_VALUE ? Long.MAX_VALUE : size * dims[i];
    }
    if (size != in.remaining()) {
      String extents = java.util.Arrays.toString(dims);
      throw new DataException(
          file
              + ": holds "
              + in.remaining()
              + " bytes of data, its header announces "
              + extents
              + (in.remaining() < size ? "; it is truncated" : "; there is more than that"));
    }
    if (size == 0) {
      throw new DataException(file + ": is empty, its header announces no data");
    }
    return dims;
  }
}
