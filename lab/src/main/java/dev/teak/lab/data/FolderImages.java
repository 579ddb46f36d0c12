package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.lab.data.ImageFile.Header;
import dev.teak.nn.train.Images;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/**
 * Images in files, decoded when they are asked for. They are bytes once they are decoded, so that
 * of 16 bits the upper 8 are left; as many of them are kept as {@link DecodedImages} has room for.
 */
final class FolderImages implements Images {
  private static final long UNKNOWN = -1;

  private final List<Path> files;
  private final Fit fit;
  private final Shape image;
  private final DecodedImages decoded;
  private final AtomicLongArray digests;

  private FolderImages(List<Path> files, Fit fit, Shape image) {
    this.files = files;
    this.fit = fit;
    this.image = image;
    this.decoded = new DecodedImages(files.size());
    this.digests = new AtomicLongArray(files.size());
    for (int i = 0; i < files.size(); i++) {
      digests.set(i, UNKNOWN);
    }
  }

  /**
   * Looks at all headers first, so that a broken image is found before anything is trained.
   *
   * @param fit what is cut out; null where the images are of one size
   * @param channels 1 or 3; null for what the files are
   * @throws DataException naming the first image that is wrong, and how many are
   */
  static FolderImages of(List<Path> files, Fit fit, Integer channels) {
    List<Header> headers = headers(files);
    boolean grey = channels == null ? headers.stream().allMatch(Header::grey) : channels == 1;
    Header first = headers.get(0);
    for (int i = 0; fit == null && i < headers.size(); i++) {
      Header h = headers.get(i);
      if (h.height() != first.height() || h.width() != first.width()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: is %d x %d, but %s is %d x %d; say a size that all are brought to, as size=%d",
                files.get(i),
                h.height(),
                h.width(),
                files.get(0),
                first.height(),
                first.width(),
                Math.min(first.height(), first.width())));
      }
    }
    int height = fit == null ? first.height() : fit.size();
    int width = fit == null ? first.width() : fit.size();
    return new FolderImages(files, fit, Shape.of(height, width, grey ? 1 : 3));
  }

  private static List<Header> headers(List<Path> files) {
    Object[] found =
        IntStream.range(0, files.size())
            .parallel()
            .mapToObj(
                i -> {
                  try {
                    return (Object) ImageFile.header(files.get(i));
                  } catch (DataException e) {
                    return e;
                  }
                })
            .toArray();
    List<Header> headers = new ArrayList<>();
    List<DataException> broken = new ArrayList<>();
    for (Object each : found) {
      if (each instanceof DataException e) {
        broken.add(e);
      } else {
        headers.add((Header) each);
      }
    }
    if (!broken.isEmpty()) {
      int more = broken.size() - 1;
      throw new DataException(
          broken.get(0).getMessage()
              + (more == 0 ? "" : "; and of " + files.size() + " images " + more + " more"));
    }
    return headers;
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public Shape image() {
    return image;
  }

  @Override
  public void read(int index, float[] to, int at) {
    byte[] bytes = decoded.get(index);
    if (bytes == null) {
      bytes = decode(index);
      decoded.offer(index, bytes);
    }
    for (int i = 0; i < bytes.length; i++) {
      to[at + i] = (bytes[i] & 0xFF) / 255f;
    }
  }

  private byte[] decode(int index) {
    Path file = files.get(index);
    ImageFile.Pixels whole = ImageFile.pixels(file, image.dim(2));
    float[] pixels =
        fit == null
            ? whole.values()
            : fit.of(whole.values(), whole.height(), whole.width(), image.dim(2));
    if (pixels.length != image.size()) {
      throw new DataException(file + ": is no longer of the size that it was when it was found");
    }
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(pixels[i]);
    }
    return bytes;
  }

  /** The name of the file and of its class, a checksum of its bytes, and how they are scaled. */
  @Override
  public void addTo(Checksum sum, int index) {
    Path file = files.get(index);
    String name = file.getParent().getFileName() + "/" + file.getFileName() + " " + fit;
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    sum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, digest(index)));
  }

  private long digest(int index) {
    if (digests.get(index) == UNKNOWN) {
      try {
        CRC32 crc = new CRC32();
        crc.update(Files.readAllBytes(files.get(index)));
        digests.set(index, crc.getValue());
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
    return digests.get(index);
  }
}
