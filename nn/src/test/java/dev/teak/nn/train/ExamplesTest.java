package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.nn.train.Examples.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  private static final Shape PIXEL = Shape.of(1, 1, 1);

  /** Images of one pixel, which is their number; of these classes. */
  private static Examples numbered(int... labels) {
    float[] pixels = new float[labels.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i;
    }
    return new Examples(pixels, labels, PIXEL);
  }

  /** Sixty of class 0, thirty of class 1, ten of class 2. */
  private static Examples hundred() {
    return numbered(IntStream.range(0, 100).map(i -> i < 60 ? 0 : i < 90 ? 1 : 2).toArray());
  }

  private static int[] numbers(Examples e) {
    float[] one = new float[1];
    return IntStream.range(0, e.size())
        .map(
            i -> {
              e.images().read(i, one, 0);
              return (int) one[0];
            })
        .toArray();
  }

  private static int[] counts(Examples e) {
    int[] counts = new int[3];
    for (int label : e.labels()) {
      counts[label]++;
    }
    return counts;
  }

  @Test
  void selectedExamplesKeepTheirLabelsInTheOrderAskedFor() {
    Examples some = numbered(5, 6, 7, 8).select(3, 1, 1);
    assertArrayEquals(new int[] {3, 1, 1}, numbers(some));
    assertArrayEquals(new int[] {8, 6, 6}, some.labels());
  }

  @Test
  void aSelectionOfASelectionIsOneOfTheWhole() {
    Examples some = numbered(5, 6, 7, 8).slice(1, 4).select(2, 0);
    assertArrayEquals(new int[] {3, 1}, numbers(some));
    assertArrayEquals(new int[] {8, 6}, some.labels());
  }

  @Test
  void aNumberThatThereIsNotIsRefused() {
    Examples some = numbered(5, 6, 7, 8).slice(0, 2);
    String message =
        assertThrows(IllegalArgumentException.class, () -> some.select(0, 2)).getMessage();
    assertEquals("images: number 2 was asked for; there are 0 to 1", message);
  }

  @Test
  void asManyLabelsAsImagesMustBeThere() {
    Images three = Images.of(new float[3], PIXEL);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Examples(three, new int[2]))
            .getMessage();
    assertTrue(message.contains("3 images [1, 1, 1] and 2 labels"), message);
  }

  @Test
  void aSplitHoldsBackExactlyAsManyInTheClassesProportion() {
    Split split = hundred().split(20, 7);
    assertArrayEquals(new int[] {12, 6, 2}, counts(split.held()));
    assertArrayEquals(new int[] {48, 24, 8}, counts(split.rest()));
    TreeSet<Integer> all = new TreeSet<>();
    IntStream.of(numbers(split.held())).forEach(all::add);
    IntStream.of(numbers(split.rest())).forEach(all::add);
    assertEquals(100, all.size());
  }

  @Test
  void whatDoesNotDivideGoesToTheLargestRemainders() {
    // 25 of 100: 15, 7.5 and 2.5; of equal remainders the first class has it.
    assertArrayEquals(new int[] {15, 8, 2}, counts(hundred().split(25, 7).held()));
    assertArrayEquals(new int[] {15, 8, 2}, counts(hundred().split(0.25, 7).held()));
  }

  @Test
  void aSplitIsDrawnByTheSeedAlone() {
    assertArrayEquals(
        numbers(hundred().split(20, 7).held()), numbers(hundred().split(20, 7).held()));
    assertNotEquals(
        Arrays.toString(numbers(hundred().split(20, 7).held())),
        Arrays.toString(numbers(hundred().split(20, 8).held())));
  }

  @Test
  void moreThanThereIsCannotBeHeldBack() {
    for (int held : new int[] {-1, 101}) {
      assertThrows(IllegalArgumentException.class, () -> hundred().split(held, 0));
    }
    for (double share : new double[] {0, 1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> hundred().split(share, 0));
    }
  }

  @Test
  void everyExampleIsHeldBackInOneFold() {
    List<Split> folds = hundred().folds(7, 3);
    int[] held = folds.stream().flatMapToInt(f -> IntStream.of(numbers(f.held()))).toArray();
    Arrays.sort(held);
    assertArrayEquals(IntStream.range(0, 100).toArray(), held);
    for (Split fold : folds) {
      assertEquals(100, fold.rest().size() + fold.held().size());
      assertTrue(fold.held().size() == 14 || fold.held().size() == 15);
      int[] counts = counts(fold.held());
      assertTrue(counts[0] == 8 || counts[0] == 9, Arrays.toString(counts)); // 60 / 7
      assertTrue(counts[1] == 4 || counts[1] == 5, Arrays.toString(counts)); // 30 / 7
      assertTrue(counts[2] == 1 || counts[2] == 2, Arrays.toString(counts)); // 10 / 7
    }
  }

  @Test
  void moreFoldsThanImagesAreRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> numbered(0, 1, 0).folds(4, 0))
            .getMessage();
    assertTrue(message.startsWith("folds: 4 folds of 3 images"), message);
    assertThrows(IllegalArgumentException.class, () -> numbered(0, 1, 0).folds(1, 0));
  }

  @Test
  void theFingerprintIsTheChecksumOfPixelsAndThenLabels() {
    float[] pixels = {0.5f, 1, 0, 0.25f};
    int[] labels = {3, 1};
    ByteBuffer bytes = ByteBuffer.allocate(4 * 6);
    for (float p : pixels) {
      bytes.putFloat(p);
    }
    bytes.putInt(3).putInt(1);
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    String expected = String.format(Locale.ROOT, "2 of [1, 2, 1], checksum %08x", crc.getValue());
    assertEquals(expected, new Examples(pixels, labels, Shape.of(1, 2, 1)).fingerprint());
  }

  @Test
  void aViewHasTheFingerprintOfACopy() {
    assertEquals(
        new Examples(new float[] {2, 3}, new int[] {7, 8}, PIXEL).fingerprint(),
        numbered(5, 6, 7, 8).slice(2, 4).fingerprint());
  }

  @Test
  void bytesInSeveralChunksReadAsInOne() throws IOException {
    byte[] values = new byte[7 * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (17 * i);
    }
    Shape image = Shape.of(2, 1, 1);
    int[] next = {0};
    Images chunks =
        ByteImages.read(
            7,
            image,
            3,
            (to, at) -> {
              System.arraycopy(values, next[0], to, at, 2);
              next[0] += 2;
            });
    Images one = ByteImages.of(values, image);
    float[] expected = new float[14];
    float[] read = new float[14];
    for (int i = 0; i < 7; i++) {
      one.read(i, expected, 2 * i);
      chunks.read(i, read, 2 * i);
    }
    assertEquals(7, chunks.size());
    assertArrayEquals(expected, read);
    assertEquals((17 * 13) / 255f, read[13]);
  }
}
