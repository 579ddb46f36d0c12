package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir private Path folder;

  private Path png(BufferedImage image) throws IOException {
    Path file = folder.resolve("image.png");
    assertTrue(ImageIO.write(image, "png", file.toFile()));
    return file;
  }

  private static BufferedImage of(int type, int... argb) {
    BufferedImage image = new BufferedImage(argb.length, 1, type);
    image.setRGB(0, 0, argb.length, 1, argb, 0, argb.length);
    return image;
  }

  @Test
  void colorsAreRedGreenAndBlue() throws IOException {
    Path file = png(of(BufferedImage.TYPE_INT_RGB, 0x0A141E, 0xFF0080));
    ImageFile.Pixels pixels = ImageFile.pixels(file, 3);
    assertArrayEquals(new float[] {10, 20, 30, 255, 0, 128}, pixels.values());
    assertEquals(1, pixels.height());
    assertEquals(2, pixels.width());
  }

  @Test
  void asGreyAColorIsItsBrightness() throws IOException {
    Path file = png(of(BufferedImage.TYPE_INT_RGB, 0x0A141E, 0x646464));
    float[] expected = {0.299f * 10 + 0.587f * 20 + 0.114f * 30, 100};
    assertArrayEquals(expected, ImageFile.pixels(file, 1).values(), 1e-5f);
  }

  @Test
  void greyIsAsItStandsInTheFile() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 100, 255});
    Path file = png(image);
    assertTrue(ImageFile.header(file).grey());
    assertArrayEquals(new float[] {0, 100, 255}, ImageFile.pixels(file, 1).values());
    assertArrayEquals(
        new float[] {0, 0, 0, 100, 100, 100, 255, 255, 255}, ImageFile.pixels(file, 3).values());
  }

  @Test
  void sixteenBitsKeepTheirProportion() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 257 * 100, 65535});
    assertArrayEquals(new float[] {0, 100, 255}, ImageFile.pixels(png(image), 1).values(), 1e-4f);
  }

  @Test
  void aPaletteIsLookedUp() throws IOException {
    byte[] red = {10, (byte) 200};
    byte[] blue = {30, 40};
    IndexColorModel palette = new IndexColorModel(1, 2, red, new byte[] {20, 50}, blue);
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 0});
    Path file = png(image);
    assertEquals(new ImageFile.Header(1, 2, false), ImageFile.header(file));
    assertArrayEquals(new float[] {200, 50, 40, 10, 20, 30}, ImageFile.pixels(file, 3).values());
  }

  @Test
  void whatIsTransparentIsLaidOnBlack() throws IOException {
    Path file = png(of(BufferedImage.TYPE_INT_ARGB, 0xFF6496C8, 0x336496C8, 0x00FFFFFF));
    // alpha 51 of 255 is a fifth
    assertArrayEquals(
        new float[] {100, 150, 200, 20, 30, 40, 0, 0, 0},
        ImageFile.pixels(file, 3).values(),
        1e-4f);
  }

  @Test
  void greyWithTransparencyIsLaidOnBlackToo() throws IOException {
    ColorModel colors =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    WritableRaster raster = colors.createCompatibleWritableRaster(2, 1);
    raster.setPixels(0, 0, 2, 1, new int[] {100, 255, 100, 51});
    Path file = png(new BufferedImage(colors, raster, false, null));
    assertTrue(ImageFile.header(file).grey());
    assertArrayEquals(new float[] {100, 20}, ImageFile.pixels(file, 1).values(), 1e-4f);
  }

  @Test
  void floatSamplesAreRefusedByName() throws IOException {
    ColorModel colors =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_FLOAT);
    WritableRaster raster = colors.createCompatibleWritableRaster(2, 1);
    Path file = folder.resolve("float.tif");
    assertTrue(ImageIO.write(new BufferedImage(colors, raster, false, null), "tif", file.toFile()));
    assertRefused(() -> ImageFile.pixels(file, 1), file, "32 bits");
    assertRefused(() -> ImageFile.header(file), file, "32 bits");
  }
}
