package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.lab.data.ImageFile.Header;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * An image file by itself, of the size that a model takes: as the images of a folder it is scaled
 * until its shorter side fits, and cut to the square in its middle.
 *
 * @param pixels {@code [H, W, C]}, in 0..1
 * @param height of the file
 * @param width of the file
 */
@SuppressWarnings("ArrayRecordComponent") // made once and handed on, never compared
public record ScaledImage(float[] pixels, int height, int width) {
  /**
   * Reads a file.
   *
   * @param image the shape that the model takes, {@code [H, W, C]} with C of 1 or 3
   * @throws DataException naming the file: if it is no image, or has to be scaled to what is no
   *     square
   */
  public static ScaledImage of(Path file, Shape image) {
    Header header = ImageFile.header(file);
    boolean fits = header.height() == image.dim(0) && header.width() == image.dim(1);
    if (!fits && image.dim(0) != image.dim(1)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: is %d x %d and the model takes %d x %d; only squares are scaled to",
              file,
              header.height(),
              header.width(),
              image.dim(0),
              image.dim(1)));
    }
    if (image.dim(2) != 1 && image.dim(2) != 3) {
      throw new DataException(
          file + ": the model takes " + image.dim(2) + " channels; files have 1 or 3");
    }
    Fit fit = fits ? null : new Fit(image.dim(0), image.dim(0));
    float[] pixels = new float[image.size()];
    FolderImages.of(List.of(file), fit, image.dim(2)).read(0, pixels, 0);
    return new ScaledImage(pixels, header.height(), header.width());
  }
}
