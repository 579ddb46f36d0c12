package dev.teak.engine.backend;

import dev.teak.engine.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A backend and the buffers that one comparison made on it. Outputs start as garbage, so that an
 * element that is not written, or read before it is written, shows.
 */
final class Side implements AutoCloseable {
  private static final int GARBAGE = 171;

  final Backend backend;
  private final boolean magnitudes;
  private final List<Buffer> buffers = new ArrayList<>();

  private Side(Backend backend, boolean magnitudes) {
    this.backend = backend;
    this.magnitudes = magnitudes;
  }

  /** A side that computes what it is given. */
  static Side of(Backend backend) {
    return new Side(backend, false);
  }

  /** A side that takes the magnitudes of all float inputs: for the sums in error bounds. */
  static Side ofMagnitudes(Backend backend) {
    return new Side(backend, true);
  }

  /** A float buffer with these values. */
  Buffer floats(float... values) {
    float[] v = values.clone();
    for (int i = 0; magnitudes && i < v.length; i++) {
      v[i] = Math.abs(v[i]);
    }
    Buffer b = buffer(backend.floatType(), v.length);
    backend.write(b, v, 0);
    return b;
  }

  /** An INT32 buffer with these values. */
  Buffer ints(int... values) {
    Buffer b = buffer(DType.INT32, values.length);
    backend.write(b, values);
    return b;
  }

  /** A float buffer full of NaN, to be written. */
  Buffer out(int size) {
    Buffer b = buffer(backend.floatType(), size);
    backend.fill(b, Double.NaN);
    return b;
  }

  /** An INT32 buffer full of garbage, to be written. */
  Buffer outInts(int size) {
    Buffer b = buffer(DType.INT32, size);
    backend.fill(b, GARBAGE);
    return b;
  }

  /** A UINT8 buffer full of garbage, to be written. */
  Buffer outBytes(int size) {
    Buffer b = buffer(DType.UINT8, size);
    backend.fill(b, GARBAGE);
    return b;
  }

  /** A float buffer of zeros. */
  Buffer zeros(int size) {
    return floats(new float[size]);
  }

  private Buffer buffer(DType dtype, int size) {
    Buffer b = backend.allocate(dtype, size);
    buffers.add(b);
    return b;
  }

  /** The elements of a buffer of any type, as doubles. */
  double[] read(Buffer b) {
    double[] values = new double[b.size()];
    if (b.dtype().isFloat()) {
      backend.read(b, values);
      return values;
    }
    int[] ints = new int[b.size()];
    backend.read(b, ints);
    for (int i = 0; i < ints.length; i++) {
      values[i] = ints[i];
    }
    return values;
  }

  @Override
  public void close() {
    buffers.forEach(backend::release);
  }
}
