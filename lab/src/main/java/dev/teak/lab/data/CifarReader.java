package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.ZipException;

/**
 * The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and 3072 bytes,
 * the red plane first, then green and blue, row by row; gzipped or not.
 */
public final class CifarReader {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;

  /** One label byte. */
  public static final Format CIFAR10 =
      new Format(
          "CIFAR-10",
          1,
          10_000,
          List.of(
              "airplane",
              "automobile",
              "bird",
              "cat",
              "deer",
              "dog",
              "frog",
              "horse",
              "ship",
              "truck"));

  /** Two label bytes, the second of which is the class. */
  public static final Format CIFAR100 = new Format("CIFAR-100", 2, 50_000, Dataset.numbered(100));

  private CifarReader() {}

  /**
   * What the two differ in.
   *
   * @param title for messages
   * @param labelBytes of a record, the last of which is the class
   * @param mostRecords of a file
   * @param classNames in the order of their numbers
   */
  public record Format(String title, int labelBytes, int mostRecords, List<String> classNames) {
    int record() {
      return labelBytes + 3 * PLANE;
    }
  }

  /**
   * The first records of some files, in order, as {@code [32, 32, 3]} images.
   *
   * @param files asked for one after the other, and no more of them than the limit needs
   * @param limit records at most
   * @throws DataException naming the file and what is wrong with it
   */
  public static Dataset read(String name, Format format, Iterator<Path> files, int limit)
      throws IOException {
    List<Integer> labels = new ArrayList<>();
    List<byte[]> images = new ArrayList<>();
    while (labels.size() < limit && files.hasNext()) {
      Path file = files.next();
      try {
        read(file, format, limit, labels, images);
      } catch (EOFException | ZipException e) {
        throw DataFile.damaged(file, e);
      }
    }
    Iterator<byte[]> each = images.iterator();
    ByteImages all =
        ByteImages.read(
            images.size(),
            Shape.of(SIDE, SIDE, 3),
            (to, at) -> System.arraycopy(each.next(), 0, to, at, 3 * PLANE));
    int[] classes = labels.stream().mapToInt(i -> i).toArray();
    return new Dataset(name, new Examples(all, classes), format.classNames());
  }

  /** Adds a file's records up to the limit, and reads it to its end, where it is seen whole. */
  private static void read(
      Path file, Format format, int limit, List<Integer> labels, List<byte[]> images)
      throws IOException {
    DataFile.require(file);
    byte[] record = new byte[format.record()];
    int records = 0;
    try (InputStream in = DataFile.open(file)) {
      int held;
      while ((held = in.readNBytes(record, 0, record.length)) == record.length) {
        if (records == format.mostRecords()) {
          throw wrong(file, "has more than the " + records + " records that a file can have");
        }
        if (labels.size() < limit) {
          labels.add(label(record, records, file, format));
          images.add(unpacked(record, format.labelBytes()));
        }
        records++;
      }
      requireWhole(file, format, records, held);
    }
  }

  private static void requireWhole(Path file, Format format, int records, int more) {
    String each = format.title() + "'s records of " + format.record();
    if (records == 0 && more == 0) {
      throw wrong(file, "is empty; it should have " + each + " bytes");
    }
    if (more > 0) {
      long bytes = (long) records * format.record() + more;
      throw wrong(
          file,
          "has "
              + bytes
              + " bytes, not a multiple of "
              + each
              + "; it is truncated, or something else");
    }
  }

  private static DataException wrong(Path file, String what) {
    return new DataException(file + ": " + what);
  }

  private static int label(byte[] record, int number, Path file, Format format) {
    int label = record[format.labelBytes() - 1] & 0xFF;
    int most = format.classNames().size() - 1;
    if (label > most) {
      throw wrong(file, "label " + label + " of record " + number + " is outside 0.." + most);
    }
    return label;
  }

  /** Planes to pixels: {@code [3, 32, 32]} to {@code [32, 32, 3]}. */
  private static byte[] unpacked(byte[] planes, int from) {
    byte[] image = new byte[3 * PLANE];
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int c = 0; c < 3; c++) {
        image[3 * pixel + c] = planes[from + c * PLANE + pixel];
      }
    }
    return image;
  }
}
