package dev.teak.nn.train;

import dev.teak.engine.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * Images on the host, in whatever form they are kept, read one at a time as floats. Reading is safe
 * from several threads, and gives the same numbers each time.
 */
public interface Images {
  /** How many there are. */
  int size();

  /** The shape of each, {@code [H, W, C]}. */
  Shape image();

  /**
   * Writes an image's {@code image().size()} values to {@code to[at..]}.
   *
   * @throws RuntimeException if it cannot be read; the message names it
   */
  void read(int index, float[] to, int at);

  /**
   * Adds to a checksum what tells this image from others: its values, unless there is something
   * that is cheaper to come by and as sure.
   */
  default void addTo(Checksum sum, int index) {
    float[] values = new float[image().size()];
    read(index, values, 0);
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    sum.update(bytes);
  }

  /** Floats as they are, {@code values.length / image.size()} images of them. */
  static Images of(float[] values, Shape image) {
    return new FloatImages(values, image);
  }

  /** Some of them, in this order; a view, nothing is copied. */
  default Images select(int... numbers) {
    return SelectedImages.of(this, numbers);
  }
}

/** One array. */
record FloatImages(float[] values, Shape image) implements Images {
  FloatImages {
    if (image.size() == 0 ? values.length > 0 : values.length % image.size() != 0) {
      throw new IllegalArgumentException(
          "images: " + values.length + " pixels are no whole number of images " + image);
    }
  }

  @Override
  public int size() {
    return image.size() == 0 ? 0 : values.length / image.size();
  }

  @Override
  public void read(int index, float[] to, int at) {
    System.arraycopy(values, index * image.size(), to, at, image.size());
  }
}

/** A view. */
record SelectedImages(Images whole, int[] indices) implements Images {
  /** Of what a view is of, where it is of a view: so that one costs no more than the other. */
  static Images of(Images images, int... numbers) {
    for (int number : numbers) {
      if (number < 0 || number >= images.size()) {
        throw new IllegalArgumentException(
            "images: number " + number + " was asked for; there are 0 to " + (images.size() - 1));
      }
    }
    return images instanceof SelectedImages view
        ? new SelectedImages(view.whole, Arrays.stream(numbers).map(i -> view.indices[i]).toArray())
        : new SelectedImages(images, numbers.clone());
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Shape image() {
    return whole.image();
  }

  @Override
  public void read(int index, float[] to, int at) {
    whole.read(indices[index], to, at);
  }

  @Override
  public void addTo(Checksum sum, int index) {
    whole.addTo(sum, indices[index]);
  }
}
