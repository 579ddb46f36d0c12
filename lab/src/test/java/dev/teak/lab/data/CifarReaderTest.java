package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static dev.teak.lab.data.Samples.gzip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {
  private static final int RECORD = 3073;

  @TempDir private Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static Dataset read(Path... files) throws IOException {
    return CifarReader.read(
        "some", CifarReader.CIFAR10, List.of(files).iterator(), Integer.MAX_VALUE);
  }

  /** Records of these labels; each plane of each is of one value. */
  private static byte[] records(int... labels) {
    byte[] bytes = new byte[labels.length * RECORD];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * RECORD] = (byte) labels[i];
      for (int plane = 0; plane < 3; plane++) {
        int from = i * RECORD + 1 + 1024 * plane;
        Arrays.fill(bytes, from, from + 1024, (byte) (51 * (plane + 1)));
      }
    }
    return bytes;
  }

  @Test
  void planesBecomePixelsAndFilesFollowEachOther() throws IOException {
    byte[] first = records(3, 9);
    first[1 + 1024 + 32 * 5 + 7] = -1; // green at row 5, column 7
    Dataset data = read(write("a.bin", first), write("b.bin", gzip(records(0))));
    assertArrayEquals(new int[] {3, 9, 0}, data.labels());
    assertEquals(Shape.of(32, 32, 3), data.image());
    float[] expected = new float[3 * 3072];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (i % 3 + 1) / 5f;
    }
    expected[3 * (32 * 5 + 7) + 1] = 1;
    assertArrayEquals(expected, data.images(), 1e-6f);
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.bin");
    assertRefused(() -> read(file), file, "no such file");
  }

  @Test
  void anEmptyFileIsNamedEvenBesideAGoodOne() throws IOException {
    Path good = write("good.bin", records(1));
    Path empty = write("empty.bin", new byte[0]);
    assertRefused(() -> read(good, empty), empty, "is empty");
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    Path file = write("cut.bin", Arrays.copyOf(records(1, 2), RECORD + 100));
    assertRefused(() -> read(file), file, "has 3173 bytes", "3073", "truncated");
  }

  @Test
  void bytesAfterTheLastRecordAreAnError() throws IOException {
    Path file = write("long.bin", Arrays.copyOf(records(1), RECORD + 1));
    assertRefused(() -> read(file), file, "has 3074 bytes", "not a multiple");
  }

  @Test
  void aTruncatedGzippedFileIsNamed() throws IOException {
    byte[] packed = gzip(records(1, 2));
    Path file = write("cut.bin.gz", Arrays.copyOf(packed, packed.length - 9));
    assertRefused(() -> read(file), file, "gzip data is truncated or damaged");
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsRecord() throws IOException {
    Path file = write("label.bin", records(1, 2, 255));
    assertRefused(() -> read(file), file, "label 255 of record 2", "0..9");
  }

  @Test
  void noFilesAreNoDataSet() {
    assertRefused(() -> read(), "some", "empty");
  }
}
