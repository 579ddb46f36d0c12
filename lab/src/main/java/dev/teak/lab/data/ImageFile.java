package dev.teak.lab.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * A PNG, JPEG or TIFF file, whatever it is called, read by the JDK: grey or RGB, with a palette or
 * without, of up to 16 bits. The numbers are those of the file: no color profile is applied, and no
 * orientation that a camera noted (EXIF). What is transparent is laid on black. Of several pages
 * the first is read.
 */
final class ImageFile {
  private static final int PNG_SIGNATURE = 8; // bytes
  private static final int PNG_END = 0x49454E44; // IEND
  private static final int JPEG_END = 0xFFD9;

  private ImageFile() {}

  /** What can be known of an image without decoding it. */
  record Header(int height, int width, boolean grey) {}

  /**
   * Reads the header, and looks whether the file is whole, which only a TIFF has to be decoded for.
   *
   * @throws DataException naming the file
   */
  static Header header(Path file) {
    return read(
        file,
        reader -> {
          ImageTypeSpecifier type = type(reader);
          ColorModel colors = type.getColorModel();
          Samples.of(colors, type.getSampleModel()); // which says so if it cannot be read
          if (!isWhole(file, reader.getFormatName())) {
            decode(reader);
          }
          return new Header(reader.getHeight(0), reader.getWidth(0), isGrey(colors));
        });
  }

  /**
   * A decoded image.
   *
   * @param values {@code [height, width, channels]}, in 0..255
   */
  @SuppressWarnings("ArrayRecordComponent") // made once and handed on, never compared
  record Pixels(int height, int width, float[] values) {}

  /**
   * Decodes the image.
   *
   * @param channels 1, with colors as their brightness (ITU-R BT.601), or 3
   * @throws DataException naming the file
   */
  static Pixels pixels(Path file, int channels) {
    return read(file, reader -> channels(decode(reader), channels));
  }

  private interface Work<T> {
    T of(ImageReader reader) throws IOException;
  }

  private static <T> T read(Path file, Work<T> work) {
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is none of the formats PNG, JPEG and TIFF");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, false, true);
        return work.of(reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) { // readers throw all kinds on damaged files
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new DataException(
          file + ": the image cannot be read: " + why.lines().findFirst().orElse(""));
    }
  }

  private static BufferedImage decode(ImageReader reader) throws IOException {
    String[] cut = new String[1];
    reader.addIIOReadWarningListener(
        (source, warning) -> { // a JPEG that ends early is filled up with grey, and just warned of
          if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
            cut[0] = warning;
          }
        });
    BufferedImage image = reader.read(0);
    if (cut[0] != null) {
      throw new IOException("it is truncated (" + cut[0] + ")");
    }
    return image;
  }

  /**
   * Whether a file is whole, as far as a look tells: false where there is doubt.
   *
   * @throws IOException if it is not
   */
  private static boolean isWhole(Path file, String format) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      if (format.equalsIgnoreCase("png")) {
        requireEnd(in);
        return true;
      }
      in.seek(in.length() - 2);
      return format.equalsIgnoreCase("jpeg") && in.readUnsignedShort() == JPEG_END;
    }
  }

  /** Walks the chunks of a PNG: length, type, that many bytes, checksum. */
  private static void requireEnd(RandomAccessFile in) throws IOException {
    int type = 0;
    for (long at = PNG_SIGNATURE; type != PNG_END; ) {
      if (at + 12 > in.length()) {
        throw new IOException("it is truncated");
      }
      in.seek(at);
      at += 12 + (in.readInt() & 0xFFFFFFFFL);
      type = in.readInt();
    }
  }

  private static ImageTypeSpecifier type(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (!types.hasNext()) {
      throw new IOException(Samples.COLORS);
    }
    return types.next();
  }

  private static boolean isGrey(ColorModel colors) {
    if (!(colors instanceof IndexColorModel palette)) {
      return colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    }
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  private static Pixels channels(BufferedImage image, int channels) throws IOException {
    Raster raster = image.getRaster();
    Samples samples = Samples.of(image.getColorModel(), raster.getSampleModel());
    int width = raster.getWidth();
    int[] row = new int[width * raster.getNumBands()];
    float[] rgb = new float[3];
    float[] pixels = new float[raster.getHeight() * width * channels];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++, at += channels) {
        samples.read(row, x * raster.getNumBands(), rgb);
        if (channels == 3) {
          System.arraycopy(rgb, 0, pixels, at, 3);
        } else {
          boolean grey = rgb[0] == rgb[1] && rgb[1] == rgb[2]; // and stays what it is
          pixels[at] = grey ? rgb[0] : 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
        }
      }
    }
    return new Pixels(raster.getHeight(), width, pixels);
  }

  /** How a pixel's samples are red, green and blue in 0..255. */
  private interface Samples {
    String COLORS = "its colors are neither grey nor RGB";

    void read(int[] row, int at, float[] rgb);

    static Samples of(ColorModel colors, SampleModel model) throws IOException {
      if (colors instanceof IndexColorModel palette) {
        return (row, at, rgb) -> {
          int i = row[at];
          float alpha = palette.getAlpha(i) / 255f;
          rgb[0] = alpha * palette.getRed(i);
          rgb[1] = alpha * palette.getGreen(i);
          rgb[2] = alpha * palette.getBlue(i);
        };
      }
      int space = colors.getColorSpace().getType();
      if (space != ColorSpace.TYPE_GRAY && space != ColorSpace.TYPE_RGB) {
        throw new IOException(COLORS);
      }
      int type = model.getDataType();
      int bits = model.getSampleSize(0);
      if (bits > 16 || type == DataBuffer.TYPE_SHORT) {
        throw new IOException(
            "its samples have " + bits + " bits or a sign; 1 to 16 without are read");
      }
      float scale = 255f / ((1 << bits) - 1);
      int blue = space == ColorSpace.TYPE_GRAY ? 0 : 2;
      boolean fade = colors.hasAlpha() && !colors.isAlphaPremultiplied();
      int last = model.getNumBands() - 1; // alpha, where there is one
      return (row, at, rgb) -> {
        float by = fade ? scale * (scale * row[at + last] / 255) : scale;
        rgb[0] = by * row[at];
        rgb[1] = by * row[at + blue / 2];
        rgb[2] = by * row[at + blue];
      };
    }
  }
}
