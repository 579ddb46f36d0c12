package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static dev.teak.lab.data.Samples.gzip;
import static dev.teak.lab.data.Samples.idx;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  /** Two images of 2 x 3. */
  private static final byte[] PIXELS =
      idx(
          IMAGES,
          new int[] {2, 2, 3},
          new byte[] {0, 51, 102, (byte) 153, -1, 0, 1, 2, 3, 4, 5, 6});

  private static final byte[] CLASSES = idx(LABELS, new int[] {2}, (byte) 7, (byte) 9);

  @TempDir private Path folder;
  private Path images;
  private Path labels;

  @BeforeEach
  void goodFiles() throws IOException {
    images = folder.resolve("some-images");
    labels = folder.resolve("some-labels");
    Files.write(images, PIXELS);
    Files.write(labels, CLASSES);
  }

  private Dataset read() throws IOException {
    return IdxReader.read("some", images, labels, Dataset.numbered(10), Integer.MAX_VALUE);
  }

  @Test
  void imagesAndLabelsAreRead() throws IOException {
    Dataset data = read();
    assertEquals(2, data.size());
    assertEquals(Shape.of(2, 3, 1), data.image());
    assertArrayEquals(new int[] {7, 9}, data.labels());
    assertArrayEquals(new float[] {0, .2f, .4f, .6f, 1, 0}, Arrays.copyOf(data.images(), 6), 1e-6f);
  }

  @Test
  void gzippedFilesReadTheSameWhateverTheyAreCalled() throws IOException {
    float[] raw = read().images();
    Files.write(images, gzip(PIXELS));
    Files.write(labels, gzip(CLASSES));
    assertArrayEquals(raw, read().images());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(labels);
    assertRefused(this::read, labels, "no such file");
  }

  @Test
  void anEmptyFileIsNamed() throws IOException {
    Files.write(images, new byte[0]);
    assertRefused(this::read, images, "has 0 bytes");
  }

  @Test
  void aFileCutInItsHeaderIsNamed() throws IOException {
    Files.write(images, Arrays.copyOf(PIXELS, 15));
    assertRefused(this::read, images, "has 15 bytes", "idx3 header");
  }

  @Test
  void aFileCutInItsDataIsTruncated() throws IOException {
    Files.write(images, Arrays.copyOf(PIXELS, PIXELS.length - 1));
    assertRefused(this::read, images, "holds 11 bytes", "[2, 2, 3]", "truncated");
  }

  @Test
  void aGzippedFileCutAnywhereIsTruncated() throws IOException {
    byte[] packed = gzip(PIXELS);
    for (int length = 2; length < packed.length; length++) {
      Files.write(images, Arrays.copyOf(packed, length));
      assertRefused(this::read, images, "gzip data is truncated or damaged");
    }
  }

  @Test
  void aGzippedFileWithAWrongByteIsDamaged() throws IOException {
    byte[] packed = gzip(PIXELS);
    packed[packed.length - 6] ^= 1; // of its CRC
    Files.write(images, packed);
    assertRefused(this::read, images, "gzip data is truncated or damaged");
  }

  @Test
  void aWrongMagicIsShownWithTheRightOne() throws IOException {
    Files.write(images, idx(LABELS, new int[] {2, 2, 3}, new byte[12]));
    assertRefused(this::read, images, "0x00000801", "0x00000803");
  }

  @Test
  void bytesAfterTheDataAreAnError() throws IOException {
    Files.write(images, Arrays.copyOf(PIXELS, PIXELS.length + 1));
    assertRefused(this::read, images, "holds 13 bytes", "more than that");
  }

  @Test
  void moreLabelsThanImagesAreAnErrorNamingBothFiles() throws IOException {
    Files.write(labels, idx(LABELS, new int[] {3}, new byte[3]));
    assertRefused(this::read, images, labels, "2 images", "3 labels");
  }

  @Test
  void aLabelOutOfRangeIsAnError() throws IOException {
    Files.write(labels, idx(LABELS, new int[] {2}, (byte) 3, (byte) 10));
    assertRefused(this::read, labels, "label 10 of image 1", "0..9");
  }

  @Test
  void filesOfNoImagesAreAnError() throws IOException {
    Files.write(images, idx(IMAGES, new int[] {0, 28, 28}));
    assertRefused(this::read, images, "is empty");
  }

  @Test
  void extentsThatOverflowOrAreNegativeAreAnError() throws IOException {
    for (int[] extents :
        new int[][] {{1 << 30, 1 << 30, 16}, {-2, -2, 3}, {2, 3, -1}, {65536, 65536, 1}}) {
      Files.write(images, idx(IMAGES, extents, new byte[12]));
      assertRefused(this::read, images, Arrays.toString(extents));
    }
  }
}
