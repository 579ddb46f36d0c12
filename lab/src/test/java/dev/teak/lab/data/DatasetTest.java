package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.teak.engine.Shape;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Images;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static final Examples NOTHING =
      new Examples(
          new Images() {
            @Override
            public int size() {
              return 1;
            }

            @Override
            public Shape image() {
              return Shape.of(0, 2, 1);
            }

            @Override
            public void read(int index, float[] to, int at) {}
          },
          new int[1]);

  private static Dataset dataset(int pixelValues, int... labels) {
    byte[] pixels = new byte[pixelValues];
    for (int i = 0; i < pixelValues; i++) {
      pixels[i] = (byte) i;
    }
    return new Dataset(
        "some",
        new Examples(ByteImages.of(pixels, Shape.of(1, 2, 1)), labels),
        Dataset.numbered(3));
  }

  @Test
  void anEmptyDataSetIsRefused() {
    assertRefused(() -> dataset(0), "some", "empty");
  }

  @Test
  void imagesWithoutExtentAreRefused() {
    assertRefused(() -> new Dataset("some", NOTHING, Dataset.numbered(3)), "some", "[0, 2, 1]");
  }

  @Test
  void aSetWithoutClassesIsRefused() {
    Examples one = dataset(2, 0).examples();
    assertRefused(() -> new Dataset("some", one, List.of()), "some", "0 classes");
  }

  @Test
  void labelsOutOfRangeAreRefused() {
    assertRefused(() -> dataset(4, 0, 3), "some", "label 3 of image 1", "0..2");
    assertRefused(() -> dataset(4, -1, 2), "some", "label -1 of image 0", "0..2");
  }

  @Test
  void aSliceHasItsImagesAndLabels() {
    Dataset slice = dataset(8, 0, 1, 2, 0).slice(1, 3);
    assertEquals(2, slice.size());
    assertArrayEquals(new int[] {1, 2}, slice.labels());
    assertArrayEquals(new float[] {2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f}, slice.images());
  }

  @Test
  void aSliceThatIsNotThereIsRefusedNamingTheRequest() {
    Dataset data = dataset(8, 0, 1, 2, 0);
    for (int[] range : new int[][] {{-1, 2}, {2, 2}, {3, 1}, {0, 5}}) {
      assertRefused(
          () -> data.slice(range[0], range[1]), "some", range[0] + " to " + range[1], "0 to 4");
    }
  }

  @Test
  void takeGivesTheFirstImagesOrAllOfThem() {
    Dataset data = dataset(8, 0, 1, 2, 0);
    assertArrayEquals(new int[] {0, 1}, data.take(2).labels());
    assertSame(data, data.take(4));
    assertSame(data, data.take(1_000_000));
    assertRefused(() -> data.take(0), "some", "0 images");
    assertRefused(() -> data.take(-3), "some", "-3 images");
  }
}
