package dev.teak.lab.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary version of CIFAR-10: records of a label byte and 3072 bytes, the red plane first, then
 * green and blue, row by row; gzipped or not.
 */
public final class Cifar10Reader {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + 3 * PLANE;

  private Cifar10Reader() {}

  /**
   * The records of some files, in order, as {@code [32, 32, 3]} images.
   *
   * @throws DataException naming the file and what is wrong with it
   */
  public static Dataset read(String name, List<Path> files) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    int count = 0;
    for (Path file : files) {
      byte[] content = DataFile.read(file);
      if (content.length == 0) {
        throw new DataException(file + ": is empty; CIFAR-10's records have " + RECORD + " bytes");
      }
      if (content.length % RECORD != 0) {
        throw new DataException(
            file
                + ": has "
                + content.length
                + " bytes, not a multiple of CIFAR-10's records of "
                + RECORD
                + "; it is truncated, or something else");
      }
      contents.add(content);
      count += content.length / RECORD;
    }
    byte[] images = new byte[count * 3 * PLANE];
    int[] labels = new int[count];
    int at = 0;
    for (int f = 0; f < contents.size(); f++) {
      byte[] content = contents.get(f);
      for (int from = 0; from < content.length; from += RECORD, at++) {
        labels[at] = content[from] & 0xFF;
        if (labels[at] > 9) {
          throw new DataException(
              files.get(f)
                  + ": label "
                  + labels[at]
                  + " of record "
                  + from / RECORD
                  + " is outside 0..9");
        }
        unpack(content, from + 1, images, at * 3 * PLANE);
      }
    }
    return new Dataset(name, SIDE, SIDE, 3, 10, images, labels);
  }

  /** Planes to pixels: {@code [3, 32, 32]} to {@code [32, 32, 3]}. */
  private static void unpack(byte[] planes, int from, byte[] images, int to) {
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int c = 0; c < 3; c++) {
        images[to + 3 * pixel + c] = planes[from + c * PLANE + pixel];
      }
    }
  }
}
