package dev.teak.nn.io;

import dev.teak.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, then the
 * tensors' bytes one behind the other. Tensors are stored as Teak holds them (convolution weights
 * {@code [K, R, S, C]}), floats as F32 or, from the reference device, F64; whoever writes weights
 * says so by the metadata {@code {"format": "teak", "layout": "nhwc"}}. The same tensors in the
 * same order give the same bytes. A checksum of all of them stands in the metadata.
 *
 * <p>What others write is read as well: halves (F16, BF16), doubles and BOOL (1 and 0) in the
 * device's working type; integers (I8 to I64, U8 to U64) as INT32, where their values fit.
 */
public final class SafeTensors {
  private static final long MOST_HEADER = 100_000_000;
  private static final int CHUNK = 1 << 20;

  /**
   * What a file holds.
   *
   * @param tensors by name, on the current device, in no scope
   * @param metadata free text by name
   */
  public record Content(Map<String, Tensor> tensors, Map<String, String> metadata) {
    /** Gives the tensors' memory back, once they were copied where they belong. */
    public void release() {
      tensors.values().forEach(Tensor::release);
    }
  }

  private SafeTensors() {}

  /**
   * Writes a file, whole or not at all.
   *
   * @throws IOException if the disk does not take it; what was there before stays
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    ByteBuffer header = Header.of(tensors, Seal.open(metadata));
    WholeFile.write(
        file,
        out -> {
          Seal seal = new Seal();
          Sink sink =
              bytes -> {
                seal.add(bytes);
                while (bytes.hasRemaining()) {
                  out.write(bytes);
                }
              };
          sink.take(header.duplicate());
          for (Tensor t : tensors.values()) {
            write(sink, t);
          }
          seal.close(out, header);
        });
  }

  /** Where bytes go, all that are left in a buffer. */
  private interface Sink {
    void take(ByteBuffer bytes) throws IOException;
  }

  private static void write(Sink out, Tensor t) throws IOException {
    int n = t.shape().size();
    switch (t.dtype()) {
      case FLOAT32 -> {
        float[] v = t.toFloats();
        writeChunks(out, n, 4, (b, from, count) -> b.asFloatBuffer().put(v, from, count));
      }
      case FLOAT64 -> {
        double[] v = t.toDoubles();
        writeChunks(out, n, 8, (b, from, count) -> b.asDoubleBuffer().put(v, from, count));
      }
      case INT32 -> {
        int[] v = t.toInts();
        writeChunks(out, n, 4, (b, from, count) -> b.asIntBuffer().put(v, from, count));
      }
      case UINT8 -> throw new AssertionError("the header takes none");
    }
  }

  private interface Copy {
    void elements(ByteBuffer chunk, int from, int count);
  }

  private static ByteBuffer chunk(long bytes) {
    return ByteBuffer.allocate((int) Math.min(CHUNK, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeChunks(Sink out, int n, int width, Copy fill) throws IOException {
    ByteBuffer chunk = chunk((long) n * width);
    int count;
    for (int from = 0; from < n; from += count) {
      count = Math.min(n - from, CHUNK / width);
      fill.elements(chunk.clear(), from, count);
      out.take(chunk.limit(count * width));
    }
  }

  /**
   * Reads a file onto the current device, in its working type; the tensors belong to no scope.
   *
   * @throws CheckpointException if the file is not a safetensors file, or a damaged one; or if it
   *     holds a type of numbers that Teak does not read, or an integer beyond 32 bits
   */
  public static Content read(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(in);
    } catch (UnreadableException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } catch (CheckpointException e) {
      throw new CheckpointException(
          file + ": not a safetensors file, or a damaged one: " + e.getMessage());
    }
  }

  private static Content read(FileChannel in) throws IOException {
    long size = in.size();
    if (size < 8) {
      throw new CheckpointException(
          "has " + size + " bytes; the length of the header takes 8 to begin with");
    }
    ByteBuffer first = chunk(8);
    readFully(in, first);
    long length = first.getLong();
    if (length < 2 || length > MOST_HEADER || length > size - 8) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              "announces a header of %s bytes in a file of %d; 2 to %d would fit",
              Long.toUnsignedString(length),
              size,
              Math.min(MOST_HEADER, size - 8)));
    }
    byte[] head = Arrays.copyOf(first.array(), 8 + (int) length);
    readFully(in, ByteBuffer.wrap(head, 8, (int) length));
    Header header = Header.parse(Arrays.copyOfRange(head, 8, head.length), size - 8 - length);
    String checksum = header.metadata().remove(Seal.KEY);
    if (checksum != null) {
      Seal.require(in, ByteBuffer.wrap(head), checksum);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      for (Header.Entry e : header.entries()) {
        in.position(8 + length + e.begin());
        tensors.put(e.name(), tensor(in, e).unscoped());
      }
    } catch (CheckpointException | IOException e) {
      tensors.values().forEach(Tensor::release);
      throw e;
    }
    return new Content(tensors, header.metadata());
  }

  private static Tensor tensor(FileChannel in, Header.Entry e) throws IOException {
    int n = e.shape().size();
    int[] dims = e.shape().dims();
    switch (e.type()) {
      case F32 -> {
        float[] v = new float[n];
        readChunks(in, n, 4, (b, from, count) -> b.asFloatBuffer().get(v, from, count));
        return Tensor.of(v, dims);
      }
      case F64 -> {
        double[] v = new double[n];
        readChunks(in, n, 8, (b, from, count) -> b.asDoubleBuffer().get(v, from, count));
        return Tensor.of(v, dims);
      }
      case F16, BF16, BOOL -> {
        float[] v = new float[n]; // exact
        readEach(in, e, (b, i) -> v[i] = (float) e.type().real(b));
        return Tensor.of(v, dims);
      }
      default -> {
        int[] v = new int[n];
        readEach(in, e, (b, i) -> v[i] = e.type().integer(b, i));
        return Tensor.ofInts(v, dims);
      }
    }
  }

  private interface Element {
    void take(ByteBuffer next, int index);
  }

  private static void readEach(FileChannel in, Header.Entry e, Element element) throws IOException {
    Copy drain =
        (b, from, count) -> {
          for (int i = from; i < from + count; i++) {
            element.take(b, i);
          }
        };
    try {
      readChunks(in, e.shape().size(), e.type().bytes(), drain);
    } catch (UnreadableException beyond) {
      throw new UnreadableException(
          "tensor '" + CheckpointException.quote(e.name()) + "': " + beyond.getMessage());
    }
  }

  private static void readChunks(FileChannel in, int n, int width, Copy drain) throws IOException {
    ByteBuffer chunk = chunk((long) n * width);
    int count;
    for (int from = 0; from < n; from += count) {
      count = Math.min(n - from, CHUNK / width);
      readFully(in, chunk.clear().limit(count * width));
      drain.elements(chunk, from, count);
    }
  }

  /** Fills the buffer to its limit, and rewinds it. */
  private static void readFully(FileChannel in, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (in.read(bytes) < 0) {
        throw new CheckpointException("it became shorter while it was read");
      }
    }
    bytes.flip();
  }
}
