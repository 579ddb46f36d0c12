package dev.teak.nn.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
  private static final Shape IMAGE = Shape.of(5, 6, 2);

  private static float[] image() {
    float[] pixels = new float[IMAGE.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i + 1) / 64f;
    }
    return pixels;
  }

  private static float[] augmented(Augmentation augmentation, int number) {
    float[] pixels = image();
    augmentation.apply(pixels, 0, IMAGE, new Draws(3, 1, number));
    return pixels;
  }

  private static float at(float[] pixels, int y, int x, int c) {
    return y < 0 || y >= 5 || x < 0 || x >= 6 ? 0 : pixels[(y * 6 + x) * 2 + c];
  }

  /** The image moved; zeros come in. */
  private static float[] moved(int down, int right) {
    float[] moved = new float[IMAGE.size()];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = at(image(), i / 12 - down, i / 2 % 6 - right, i % 2);
    }
    return moved;
  }

  @Test
  void aFlipMirrorsHalfOfTheImagesAndLeavesTheOthers() {
    float[] mirrored = new float[IMAGE.size()];
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = at(image(), i / 12, 5 - i / 2 % 6, i % 2);
    }
    int flipped = 0;
    for (int n = 0; n < 400; n++) {
      float[] pixels = augmented(new Flip(), n);
      boolean is = Arrays.equals(mirrored, pixels);
      assertTrue(is || Arrays.equals(image(), pixels));
      flipped += is ? 1 : 0;
    }
    assertTrue(Math.abs(flipped - 200) < 50, "flipped " + flipped); // 5 sigma
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void aCropIsTheImageMovedAndEveryMoveComes(int padding) {
    Set<String> moves = new HashSet<>();
    for (int down = -padding; down <= padding; down++) {
      for (int right = -padding; right <= padding; right++) {
        moves.add(Arrays.toString(moved(down, right)));
      }
    }
    Set<String> seen = new HashSet<>();
    for (int n = 0; n < 4000; n++) {
      seen.add(Arrays.toString(augmented(new Crop(padding), n)));
    }
    assertEquals(moves, seen);
  }

  @Test
  void aRotationByHalfATurnIsTheImageUpsideDown() {
    // Of all images the one that is turned the most, which is by nearly half a turn.
    Shape square = Shape.of(9, 9, 1);
    float[] upright = new float[81];
    Arrays.fill(upright, 0, 36, 1); // the upper four rows are white
    double most = 0;
    float[] turned = upright;
    for (int n = 0; n < 2000; n++) {
      double angle = Math.abs(2 * new Draws(3, 1, n).uniform() - 1) * 180;
      if (angle > most) {
        most = angle;
        turned = upright.clone();
        new Rotation(180).apply(turned, 0, square, new Draws(3, 1, n));
      }
    }
    // 4 pixels from the middle an angle of 0.2 degrees moves a pixel by 0.014 of one.
    assertTrue(most > 179.8, "turned by " + most);
    assertEquals(0, turned[2 * 9 + 4], 0.03);
    assertEquals(1, turned[6 * 9 + 4], 0.03);
  }

  @Test
  void aRotationByNothingChangesNothing() {
    assertArrayEquals(image(), augmented(new Rotation(0), 1));
  }

  @Test
  void aCutoutBlackensOneSquareAndNothingElse() {
    for (int n = 0; n < 200; n++) {
      float[] pixels = augmented(new Cutout(3), n);
      Set<Integer> rows = new HashSet<>();
      Set<Integer> columns = new HashSet<>();
      int black = 0;
      for (int i = 0; i < pixels.length; i++) {
        assertTrue(pixels[i] == 0 || pixels[i] == image()[i]);
        if (pixels[i] == 0) {
          rows.add(i / 12);
          columns.add(i / 2 % 6);
          black++;
        }
      }
      assertTrue(rows.size() >= 2 && rows.size() <= 3, rows.toString()); // clipped at the edge
      assertTrue(columns.size() >= 2 && columns.size() <= 3, columns.toString());
      assertEquals(2 * rows.size() * columns.size(), black);
    }
  }

  @Test
  void noiseHasItsDeviationAndStaysInRange() {
    Shape large = Shape.of(100, 100, 1);
    float[] grey = new float[10_000];
    Arrays.fill(grey, 0.5f);
    new Noise(0.1).apply(grey, 0, large, new Draws(1, 0, 0));
    double sum = 0;
    double squares = 0;
    for (float v : grey) {
      sum += v - 0.5;
      squares += (v - 0.5) * (v - 0.5);
    }
    assertEquals(0, sum / 10_000, 0.005); // 5 sigma of a mean of 10,000
    assertEquals(0.1, Math.sqrt(squares / 10_000), 0.0036); // 5 sigma of a deviation
    new Noise(5).apply(grey, 0, large, new Draws(1, 0, 0));
    for (float v : grey) {
      assertTrue(v >= 0 && v <= 1);
    }
  }

  @Test
  void everyAugmentationChangesItsOwnImageAloneAndByItsNumbersAlone() {
    for (Kind.Entry entry : Augmentations.REGISTRY.entries()) {
      Augmentation a = Settings.parse(Augmentation.class, entry.name());
      float[] three = new float[3 * IMAGE.size()];
      for (int i = 0; i < 3; i++) {
        System.arraycopy(image(), 0, three, i * IMAGE.size(), IMAGE.size());
      }
      Set<String> different = new HashSet<>();
      for (int n = 0; n < 20; n++) {
        float[] pixels = three.clone();
        a.apply(pixels, IMAGE.size(), IMAGE, new Draws(3, 1, n));
        assertArrayEquals(image(), Arrays.copyOfRange(pixels, 0, 60), entry.name());
        assertArrayEquals(augmented(a, n), Arrays.copyOfRange(pixels, 60, 120), entry.name());
        assertArrayEquals(image(), Arrays.copyOfRange(pixels, 120, 180), entry.name());
        different.add(Arrays.toString(pixels));
      }
      assertTrue(different.size() > 1, entry.name());
    }
  }

  @Test
  void drawsDifferBySeedEpochAndImage() {
    double here = new Draws(3, 1, 7).uniform();
    for (Draws other : List.of(new Draws(4, 1, 7), new Draws(3, 2, 7), new Draws(3, 1, 8))) {
      assertTrue(here != other.uniform());
    }
    assertEquals(here, new Draws(3, 1, 7).uniform());
  }

  @Test
  void severalAreWrittenWithSemicolons() {
    List<Augmentation> read =
        Settings.readAll(Augmentation.class, Written.of("crop 4; flip; noise sigma=0.05"));
    assertEquals(List.of(new Crop(4), new Flip(), new Noise(0.05)), read);
    assertEquals("crop; flip; noise sigma=0.05", Settings.text(read));
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    for (String text : List.of("crop 0", "rotation 181", "cutout 0", "noise 0", "noise -1")) {
      assertThrows(
          IllegalArgumentException.class, () -> Settings.parse(Augmentation.class, text), text);
    }
  }
}
