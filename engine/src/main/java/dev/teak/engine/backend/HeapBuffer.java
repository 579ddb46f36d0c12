package dev.teak.engine.backend;

import dev.teak.engine.DType;

/** A buffer that is a Java array: the memory of the backends in plain Java. */
public final class HeapBuffer extends Buffer {
  private final Object array;
  private int version;

  /** Wraps {@code array} (float[], double[], int[] or byte[] by dtype), which may be longer. */
  public HeapBuffer(DType dtype, int size, Object array) {
    super(dtype, size);
    this.array = array;
  }

  /** A buffer over a fresh array of just this length. */
  public static HeapBuffer allocate(DType dtype, int size) {
    return new HeapBuffer(dtype, size, newArray(dtype, size));
  }

  /** A fresh Java array for elements of {@code dtype}. */
  public static Object newArray(DType dtype, int length) {
    return switch (dtype) {
      case FLOAT32 -> new float[length];
      case FLOAT64 -> new double[length];
      case INT32 -> new int[length];
      case UINT8 -> new byte[length];
    };
  }

  /** How often it was written: what was made of its contents holds while this stays. */
  public int version() {
    return version;
  }

  /** Notes that a call writes to it. */
  public HeapBuffer written() {
    version++;
    return this;
  }

  /** The array, whatever its type. */
  public Object array() {
    return array;
  }

  /** The array of a FLOAT32 buffer. */
  public float[] floats() {
    return (float[]) array;
  }

  /** The array of a FLOAT64 buffer. */
  public double[] doubles() {
    return (double[]) array;
  }

  /** The array of an INT32 buffer. */
  public int[] ints() {
    return (int[]) array;
  }

  /** The array of a UINT8 buffer. */
  public byte[] bytes() {
    return (byte[]) array;
  }
}
