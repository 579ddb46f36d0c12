package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Pixels;
import java.util.Arrays;
import java.util.Locale;

/**
 * Labelled images on the host.
 *
 * @param name for messages and reports
 * @param height of an image
 * @param width of an image
 * @param channels of an image
 * @param classes number of classes
 * @param pixels {@code count x height x width x channels}, bytes 0..255
 * @param labels one in 0..classes-1 for each image
 */
@SuppressWarnings("ArrayRecordComponent") // large arrays, never compared
public record Dataset(
    String name, int height, int width, int channels, int classes, byte[] pixels, int[] labels) {

  /** Rejects an empty set, empty images, lengths that do not fit, and labels out of range. */
  public Dataset {
    if (height < 1 || width < 1 || channels < 1 || classes < 1) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: images of %d x %d x %d in %d classes; each of these is at least 1",
              name,
              height,
              width,
              channels,
              classes));
    }
    if (labels.length == 0) {
      throw new DataException(name + ": the data set is empty");
    }
    if (pixels.length != (long) labels.length * height * width * channels) {
      throw new DataException(
          name
              + ": "
              + pixels.length
              + " pixel values for "
              + labels.length
              + " images of "
              + height
              + " x "
              + width
              + " x "
              + channels);
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new DataException(
            name + ": label " + labels[i] + " of image " + i + " is outside 0.." + (classes - 1));
      }
    }
  }

  /** All images as floats in 0..1: four times the memory of the pixels. */
  public float[] images() {
    float[] images = new float[pixels.length];
    for (int i = 0; i < images.length; i++) {
      images[i] = (pixels[i] & 0xFF) / 255f;
    }
    return images;
  }

  /** How many images there are. */
  public int size() {
    return labels.length;
  }

  /**
   * Images {@code from} (with) to {@code to} (without).
   *
   * @throws DataException if that is none, or not all of them are there
   */
  public Dataset slice(int from, int to) {
    if (from < 0 || to <= from || to > size()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: images %d to %d (without) were asked for; there are 0 to %d (without)",
              name,
              from,
              to,
              size()));
    }
    int size = height * width * channels;
    return new Dataset(
        name,
        height,
        width,
        channels,
        classes,
        Arrays.copyOfRange(pixels, from * size, to * size),
        Arrays.copyOfRange(labels, from, to));
  }

  /**
   * The first {@code n} images, or all where there are fewer.
   *
   * @throws DataException if {@code n} is less than one
   */
  public Dataset take(int n) {
    if (n < 1) {
      throw new DataException(name + ": " + n + " images were asked for; at least one is needed");
    }
    return n >= size() ? this : slice(0, n);
  }

  /** The shape of an image, {@code [H, W, C]}. */
  public Shape image() {
    return Shape.of(height, width, channels);
  }

  /** The images and labels as the training loop takes them. */
  public Examples examples() {
    return new Examples(Pixels.ofBytes(pixels), labels, image());
  }
}
