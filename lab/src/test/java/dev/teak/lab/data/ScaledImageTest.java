package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaledImageTest {
  @TempDir private Path folder;

  /** Three rows of four pixels, each redder than the one before. */
  private Path file() throws IOException {
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 12; i++) {
      image.setRGB(i % 4, i / 4, (10 * i) << 16);
    }
    Path file = folder.resolve("x.png");
    assertTrue(ImageIO.write(image, "png", file.toFile()));
    return file;
  }

  @Test
  void anImageOfTheModelsSizeStaysAsItIs() throws IOException {
    ScaledImage read = ScaledImage.of(file(), Shape.of(3, 4, 3));
    float[] expected = new float[36];
    for (int i = 0; i < 12; i++) {
      expected[3 * i] = 10 * i / 255f;
    }
    assertArrayEquals(expected, read.pixels());
  }

  /** Of the middle three columns nothing is scaled: the first is cut away on one side. */
  @Test
  void anotherIsCutToTheSquareInItsMiddle() throws IOException {
    ScaledImage read = ScaledImage.of(file(), Shape.of(3, 3, 3));
    assertEquals(3, read.height());
    assertEquals(4, read.width());
    float[] expected = new float[27];
    for (int i = 0; i < 9; i++) {
      expected[3 * i] = 10 * (i / 3 * 4 + i % 3) / 255f;
    }
    assertArrayEquals(expected, read.pixels());
  }

  @Test
  void whatCannotBeIsRefusedByName() throws IOException {
    Path file = file();
    for (Shape model : new Shape[] {Shape.of(6, 8, 3), Shape.of(3, 4, 2)}) {
      DataException e = assertThrows(DataException.class, () -> ScaledImage.of(file, model));
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
  }
}
