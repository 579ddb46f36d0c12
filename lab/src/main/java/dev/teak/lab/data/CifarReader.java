package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and 3072 bytes,
 * the red plane first, then green and blue, row by row; gzipped or not.
 */
public final class CifarReader {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int MOST_RECORDS = 50_000; // in one file, of CIFAR-100

  /** One label byte. */
  public static final Format CIFAR10 =
      new Format(
          "CIFAR-10",
          1,
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
  public static final Format CIFAR100 = new Format("CIFAR-100", 2, Dataset.numbered(100));

  private CifarReader() {}

  /**
   * What the two differ in.
   *
   * @param title for messages
   * @param labelBytes of a record, the last of which is the class
   * @param classNames in the order of their numbers
   */
  public record Format(String title, int labelBytes, List<String> classNames) {
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
      byte[] content = records(file, format);
      int count = Math.min(content.length / format.record(), limit - labels.size());
      for (int i = 0; i < count; i++) {
        labels.add(label(content, i, file, format));
        images.add(unpacked(content, i * format.record() + format.labelBytes()));
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

  private static byte[] records(Path file, Format format) throws IOException {
    byte[] content = DataFile.read(file, MOST_RECORDS * format.record());
    if (content.length == 0) {
      throw new DataException(
          file + ": is empty; " + format.title() + "'s records have " + format.record() + " bytes");
    }
    if (content.length % format.record() != 0) {
      throw new DataException(
          file
              + ": has "
              + content.length
              + " bytes, not a multiple of "
              + format.title()
              + "'s records of "
              + format.record()
              + "; it is truncated, or something else");
    }
    return content;
  }

  private static int label(byte[] content, int record, Path file, Format format) {
    int label = content[record * format.record() + format.labelBytes() - 1] & 0xFF;
    int most = format.classNames().size() - 1;
    if (label > most) {
      throw new DataException(
          file + ": label " + label + " of record " + record + " is outside 0.." + most);
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
