package dev.teak.nn.io;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * NumPy's .npy files: one array each. Floats of 2, 4 and 8 bytes become the device's working type,
 * integers INT32, booleans 1 and 0 as comparisons give them; either byte order and either order of
 * axes. Tensors are written as they lie: float32 ({@code <f4}), float64, int32 or uint8.
 */
public final class Npy {
  private static final int CHUNK = 1 << 16; // a multiple of every element's width

  private Npy() {}

  /**
   * Reads a file onto the current device.
   *
   * @throws CheckpointException if it is not an .npy file, or a damaged one, or holds what Teak
   *     cannot hold
   */
  public static Tensor read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in, Files.size(file));
    } catch (CheckpointException e) {
      throw new CheckpointException(
          file + ": not an .npy file, or one that cannot be read: " + e.getMessage());
    }
  }

  /** Writes a file, whole or not at all. */
  public static void write(Path file, Tensor tensor) throws IOException {
    WholeFile.write(file, out -> write(Channels.newOutputStream(out), tensor));
  }

  static void write(OutputStream out, Tensor t) throws IOException {
    ByteBuffer head = NpyHeader.of(t);
    out.write(head.array(), 0, head.limit());
    int width = t.dtype().bytes();
    double[] doubles = t.dtype().isFloat() ? t.toDoubles() : null; // exact for floats too
    int[] ints = t.dtype().isFloat() ? null : t.toInts();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < t.shape().size(); i++) {
      switch (t.dtype()) {
        case FLOAT32 -> chunk.putFloat((float) doubles[i]);
        case FLOAT64 -> chunk.putDouble(doubles[i]);
        case INT32 -> chunk.putInt(ints[i]);
        case UINT8 -> chunk.put((byte) ints[i]);
      }
      if (chunk.remaining() < width) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
    out.write(chunk.array(), 0, chunk.position());
  }

  /** Reads an array from a stream of {@code size} bytes. */
  static Tensor read(InputStream in, long size) throws IOException {
    NpyHeader head = NpyHeader.read(in);
    long expected = (long) head.shape().size() * head.type().bytes();
    if (size - head.length() != expected) {
      throw new CheckpointException(
          "its shape "
              + head.shape()
              + " takes "
              + expected
              + " bytes, there are "
              + (size - head.length()));
    }
    Tensor t = elements(in, head);
    return head.fortran() && head.shape().rank() > 1 ? reversed(t) : t;
  }

  private static Tensor reversed(Tensor t) {
    int[] axes = new int[t.shape().rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axes.length - 1 - i;
    }
    try (Autograd.Mode plain = Autograd.noGrad()) {
      Tensor ordered = t.permute(axes);
      t.release();
      return ordered;
    }
  }

  /** The elements as they lie: in Fortran's order under the reversed shape. */
  private static Tensor elements(InputStream in, NpyHeader head) throws IOException {
    int n = head.shape().size();
    int[] dims = head.shape().dims();
    if (head.fortran()) {
      for (int i = 0; i < dims.length; i++) {
        dims[i] = head.shape().dim(dims.length - 1 - i);
      }
    }
    if (head.type().isInteger()) {
      int[] values = new int[n];
      each(in, head, n, (i, b) -> values[i] = head.type().integer(b, i));
      return Tensor.ofInts(values, dims);
    }
    double[] values = new double[n];
    each(in, head, n, (i, b) -> values[i] = head.type().real(b));
    return Tensor.of(values, dims);
  }

  private interface Element {
    void take(int index, ByteBuffer from);
  }

  private static void each(InputStream in, NpyHeader head, int n, Element element)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(head.order());
    int width = head.type().bytes();
    int each = CHUNK / width;
    for (int from = 0; from < n; from += each) {
      int count = Math.min(each, n - from);
      if (in.readNBytes(chunk.array(), 0, count * width) < count * width) {
        throw new CheckpointException("it ends before its last element");
      }
      chunk.clear();
      for (int i = 0; i < count; i++) {
        element.take(from + i, chunk);
      }
    }
  }
}
