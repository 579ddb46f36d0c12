package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.nn.settings.SettingsException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir private Path folder;

  /** A grey image whose pixels are all of one value. */
  private static void write(Path file, int height, int width, int value) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    int[] row = new int[height * width];
    Arrays.fill(row, value);
    image.getRaster().setPixels(0, 0, width, height, row);
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    assertTrue(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile()));
  }

  /** Ten images of each of two classes under a folder, numbered by their values. */
  private void cats(String under) throws IOException {
    for (int i = 0; i < 10; i++) {
      write(folder.resolve(under + "cat/" + i + ".png"), 4, 6, i);
      write(folder.resolve(under + "dog/" + i + ".png"), 4, 6, 100 + i);
    }
  }

  private DataSource source(String settings) {
    return DataSources.read("folder dir='" + folder + "' " + settings);
  }

  private Dataset load(String settings, boolean train) throws IOException {
    return source(settings).load(train, folder, 0);
  }

  /** The value of each image, as all its pixels have. */
  private static int[] values(Dataset data) {
    int size = data.image().size();
    float[] images = data.images();
    int[] values = new int[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(255 * images[i * size]);
    }
    return values;
  }

  @Test
  void foldersAreClassesInTheOrderOfTheirNames() throws IOException {
    cats("");
    Dataset train = load("", true);
    assertEquals(List.of("cat", "dog"), train.classNames());
    assertEquals(Shape.of(4, 6, 1), train.image());
    int[] values = values(train);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i] >= 100 ? 1 : 0, train.labels()[i]);
    }
  }

  @Test
  void withoutATestFolderAShareOfEachClassIsTheTestWhateverTheRunsSeed() throws IOException {
    cats("");
    Dataset train = load("test_share=0.3", true);
    Dataset test = source("test_share=0.3").load(false, folder, 99);
    assertEquals(3, Arrays.stream(test.labels()).filter(y -> y == 0).count());
    assertEquals(6, test.size());
    Set<Integer> all = new TreeSet<>();
    Arrays.stream(values(train)).forEach(all::add);
    Arrays.stream(values(test)).forEach(all::add);
    assertEquals(20, all.size());
    assertEquals(20, train.size() + test.size());
    assertArrayEquals(values(test), values(load("test_share=0.3", false)));
    assertNotEquals(
        Arrays.toString(values(test)),
        Arrays.toString(values(load("test_share=0.3 seed=2", false))));
  }

  @Test
  void theFirstImagesAreOfAllClasses() throws IOException {
    cats("");
    int[] first = source("").load(true, folder, 0, 8).labels();
    assertEquals(8, first.length);
    assertEquals(2, Arrays.stream(first).distinct().count());
  }

  @Test
  void trainAndTestFoldersAreThePartsWhereTheyAre() throws IOException {
    cats("train/");
    write(folder.resolve("val/cat/a.png"), 4, 6, 200);
    write(folder.resolve("val/dog/a.png"), 4, 6, 201);
    assertEquals(20, load("", true).size());
    assertEquals(2, load("", false).size());
    write(folder.resolve("test/cat/a.png"), 4, 6, 210);
    write(folder.resolve("test/dog/a.png"), 4, 6, 211);
    assertEquals(210 + 211, Arrays.stream(values(load("", false))).sum());
  }

  @Test
  void theSameTextNamesAFolderInShort() throws IOException {
    cats("");
    assertEquals(source("size=3"), DataSources.read("folder:" + folder + " size=3"));
  }

  @Test
  void pngJpegAndTiffAreReadAlike() throws IOException {
    for (String end : List.of("png", "jpg", "tif")) {
      write(folder.resolve("a/x." + end), 8, 8, 77);
      write(folder.resolve("b/x." + end), 8, 8, 177);
    }
    Dataset train = load("test_share=0.4", true);
    for (int value : values(train)) {
      assertTrue(value == 77 || value == 177, "value " + value);
    }
  }

  @Test
  void imagesOfUnlikeSizesNeedASize() throws IOException {
    cats("");
    write(folder.resolve("dog/wide.png"), 4, 9, 50);
    assertRefused(() -> load("", true), folder.resolve("dog/wide.png"), "4 x 9", "4 x 6", "size=4");
    assertEquals(Shape.of(4, 4, 1), load("size=4", true).image());
  }

  @Test
  void aBrokenImageAmongGoodOnesIsNamedBeforeAnythingIsRead() throws IOException {
    cats("");
    Path broken = folder.resolve("dog/7.png");
    Files.write(broken, Arrays.copyOf(Files.readAllBytes(broken), 12));
    assertRefused(() -> load("", true), broken, "cannot be read");
    assertRefused(() -> load("", false), broken, "cannot be read");
    Files.writeString(folder.resolve("cat/3.png"), "no image at all");
    assertRefused(
        () -> load("", true), folder.resolve("cat/3.png"), "none of the formats", "1 more");
  }

  @Test
  void anImageThatEndsTooEarlyIsNamedWhateverItsFormat() throws IOException {
    for (String end : List.of("png", "jpg", "tif")) {
      cats("");
      Path cut = folder.resolve("cat/cut." + end);
      write(cut, 64, 96, 1);
      byte[] whole = Files.readAllBytes(cut);
      Files.write(cut, Arrays.copyOf(whole, whole.length - 20));
      assertRefused(() -> load("size=4", true), cut, "cannot be read");
      Files.delete(cut);
    }
  }

  @Test
  void anImageThatIsGoneWhenItIsReadIsNamed() throws IOException {
    cats("");
    Dataset train = load("", true);
    for (int i = 0; i < 10; i++) {
      Files.delete(folder.resolve("cat/" + i + ".png"));
      Files.delete(folder.resolve("dog/" + i + ".png"));
    }
    assertRefused(train::images, folder, ".png", "cannot be read");
  }

  @Test
  void anImageThatWasReadOnceIsNotReadAgainWhileThereIsRoom() throws IOException {
    cats("");
    Dataset train = load("", true);
    float[] first = train.images();
    for (int i = 0; i < 10; i++) {
      Files.delete(folder.resolve("cat/" + i + ".png"));
      Files.delete(folder.resolve("dog/" + i + ".png"));
    }
    assertArrayEquals(first, train.images());
  }

  @Test
  void anEmptyFolderIsRefused() throws IOException {
    assertRefused(() -> load("", true), folder, "no folders in it", "one a class");
    Files.createDirectories(folder.resolve("cat"));
    assertRefused(() -> load("", true), folder, "only the folder cat");
    assertRefused(
        () -> DataSources.read("folder:" + folder + "/none").load(true, folder, 0),
        folder.resolve("none"),
        "no such folder");
  }

  @Test
  void aClassWithoutImagesIsNamed() throws IOException {
    cats("");
    Files.writeString(Files.createDirectories(folder.resolve("emu")).resolve("notes.txt"), "");
    assertRefused(() -> load("", true), folder.resolve("emu"), "no image", ".png");
  }

  @Test
  void testClassesMustBeThoseOfTheTraining() throws IOException {
    cats("train/");
    write(folder.resolve("test/cat/a.png"), 4, 6, 1);
    write(folder.resolve("test/emu/a.png"), 4, 6, 1);
    assertRefused(() -> load("", false), folder.resolve("test"), "class dog");
  }

  @Test
  void aShareThatLeavesNothingIsRefused() throws IOException {
    cats("");
    assertRefused(() -> load("test_share=0.01", true), "test_share", "20 images", "test on");
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    for (String wrong :
        List.of("size=0", "resize=4", "size=5 resize=4", "channels=2", "test_share=1")) {
      String message =
          assertThrows(SettingsException.class, () -> source(wrong), wrong).getMessage();
      assertTrue(message.contains(wrong.replaceAll(".* |=.*", "")), message);
    }
    assertThrows(SettingsException.class, () -> DataSources.read("folder"));
  }

  @Test
  void theFingerprintTellsFilesAndScalingsApart() throws IOException {
    cats("");
    String before = load("size=4", true).examples().fingerprint();
    assertEquals(before, load("size=4", true).examples().fingerprint());
    assertNotEquals(before, load("size=4 resize=5", true).examples().fingerprint());
    for (int i = 0; i < 10; i++) {
      write(folder.resolve("cat/" + i + ".png"), 4, 6, i + 1);
    }
    assertNotEquals(before, load("size=4", true).examples().fingerprint());
  }
}
