package dev.teak.engine.reference;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.HeapBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** The memory of {@link ReferenceBackend}: a fresh Java array for every buffer. */
abstract class ReferenceMemory implements Backend {
  private final AtomicLong bytesInUse = new AtomicLong();

  @Override
  public DType floatType() {
    return DType.FLOAT64;
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    if (dtype == DType.FLOAT32) {
      throw new IllegalArgumentException("reference: asked for FLOAT32, its floats are FLOAT64");
    }
    long bytes = bytes(dtype, size);
    try {
      HeapBuffer buffer = HeapBuffer.allocate(dtype, size);
      bytesInUse.addAndGet(bytes);
      return buffer;
    } catch (OutOfMemoryError e) {
      Runtime jvm = Runtime.getRuntime();
      long free = jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
      throw new DeviceException(
          "reference: out of memory: asked for "
              + bytes
              + " bytes, held "
              + bytesInUse
              + ", free in the Java heap "
              + free
              + " (java -Xmx raises it)",
          e);
    }
  }

  @Override
  public void release(Buffer buffer) {
    bytesInUse.addAndGet(-bytes(buffer.dtype(), buffer.size()));
  }

  @Override
  public long bytesInUse() {
    return bytesInUse.get();
  }

  private static long bytes(DType dtype, int size) {
    return (long) dtype.bytes() * size;
  }

  @Override
  public void write(Buffer out, float[] source, int offset) {
    double[] y = doubles(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = source[offset + i];
    }
  }

  @Override
  public void write(Buffer out, double[] source) {
    System.arraycopy(source, 0, doubles(out), 0, out.size());
  }

  @Override
  public void write(Buffer out, int[] source) {
    System.arraycopy(source, 0, ints(out), 0, out.size());
  }

  @Override
  public void read(Buffer x, double[] target) {
    System.arraycopy(doubles(x), 0, target, 0, x.size());
  }

  @Override
  public void read(Buffer x, float[] target) {
    double[] a = doubles(x);
    for (int i = 0; i < x.size(); i++) {
      target[i] = (float) a[i];
    }
  }

  @Override
  public void read(Buffer x, int[] target) {
    if (x.dtype() == DType.INT32) {
      System.arraycopy(ints(x), 0, target, 0, x.size());
      return;
    }
    byte[] a = bytes(x);
    for (int i = 0; i < x.size(); i++) {
      target[i] = Byte.toUnsignedInt(a[i]);
    }
  }

  static double[] doubles(Buffer b) {
    return ((HeapBuffer) b).doubles();
  }

  static int[] ints(Buffer b) {
    return ((HeapBuffer) b).ints();
  }

  static byte[] bytes(Buffer b) {
    return ((HeapBuffer) b).bytes();
  }
}
