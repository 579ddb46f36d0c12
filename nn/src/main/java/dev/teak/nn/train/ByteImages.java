package dev.teak.nn.train;

import dev.teak.engine.Shape;
import java.io.IOException;

/**
 * Images of bytes 0..255, read as 0..1: a quarter of the memory of floats. They lie in chunks of
 * whole images, so that there may be more bytes than an array holds.
 */
public final class ByteImages implements Images {
  private static final int CHUNK = 1 << 26;

  private final int size;
  private final Shape image;
  private final int each; // images in a chunk
  private final byte[][] chunks;

  private ByteImages(int size, Shape image, int each) {
    this.size = size;
    this.image = image;
    this.each = each;
    this.chunks = new byte[(int) ((size + (long) each - 1) / each)][];
  }

  /** Where images come from, one after the other. */
  public interface Source {
    /** Writes the bytes of the next image, {@code H x W x C}, to {@code to[at..]}. */
    void next(byte[] to, int at) throws IOException;
  }

  /** So many images of a source. */
  public static ByteImages read(int size, Shape image, Source source) throws IOException {
    return read(size, image, Math.max(1, CHUNK / Math.max(1, image.size())), source);
  }

  /** As above, with so many images in a chunk. */
  static ByteImages read(int size, Shape image, int each, Source source) throws IOException {
    ByteImages images = new ByteImages(size, image, each);
    for (int c = 0; c < images.chunks.length; c++) {
      int count = Math.min(each, size - c * each);
      images.chunks[c] = new byte[count * image.size()];
      for (int i = 0; i < count; i++) {
        source.next(images.chunks[c], i * image.size());
      }
    }
    return images;
  }

  /** The images that lie one after the other in an array, which is not copied. */
  public static ByteImages of(byte[] values, Shape image) {
    if (image.size() == 0 || values.length % image.size() != 0) {
      throw new IllegalArgumentException(
          "images: " + values.length + " bytes are no whole number of images " + image);
    }
    int size = values.length / image.size();
    ByteImages images = new ByteImages(size, image, Math.max(1, size));
    if (size > 0) {
      images.chunks[0] = values;
    }
    return images;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape image() {
    return image;
  }

  @Override
  public void read(int index, float[] to, int at) {
    byte[] chunk = chunks[index / each];
    int from = index % each * image.size();
    for (int i = 0; i < image.size(); i++) {
      to[at + i] = (chunk[from + i] & 0xFF) / 255f;
    }
  }
}
