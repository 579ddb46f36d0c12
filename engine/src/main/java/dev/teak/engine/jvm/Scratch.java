package dev.teak.engine.jvm;

import dev.teak.engine.DType;
import dev.teak.engine.backend.HeapBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Working memory that outlives a call: per thread by slot, and from the pool where threads share
 * it.
 */
final class Scratch {
  /**
   * The element where a hot loop's array begins. An array's elements begin 16 bytes behind its
   * object, so with {@code -XX:ObjectAlignmentInBytes=64}, as the launcher has it, this one begins
   * a cache line. A vector of 64 bytes that lies across two lines costs two accesses.
   */
  static final int START = 12;

  // Slots of a thread's own memory, by what is in them.
  static final int TILE = 0;
  static final int A = 1;
  static final int B = 2;
  static final int BAND = 3;
  static final int DOWN = 4;

  /** Only zeros; whoever takes it must not write. */
  static final int ZEROS = 5;

  /** Rows of pixels on their way into a pooling. */
  static final int ROWS = 6;

  /** Taps of a kernel between its transforms. */
  static final int TAPS = 7;

  /** A part of a kernel's points. */
  static final int KERNEL = 8;

  /** What the rows of a tile see, row by row. */
  static final int LINES = 9;

  /** The same in strips. */
  static final int STRIPS = 10;

  private static final int SLOTS = 11;

  // Slots of whole numbers.
  static final int PLACES = 0;
  static final int EQUALS = 1;
  static final int RUNS = 2;

  private static final int INT_SLOTS = 3;

  private final ThreadLocal<float[][]> local = ThreadLocal.withInitial(() -> new float[SLOTS][0]);
  private final ThreadLocal<int[][]> ints = ThreadLocal.withInitial(() -> new int[INT_SLOTS][0]);
  private final ArrayPool pool;
  private final Map<float[], HeapBuffer> lent = new HashMap<>();

  Scratch(ArrayPool pool) {
    this.pool = pool;
  }

  /** This thread's array in a slot, of at least {@code size}; contents are what was left there. */
  float[] local(int slot, int size) {
    float[][] slots = local.get();
    if (slots[slot].length < size) {
      slots[slot] = new float[size + size / 4];
    }
    return slots[slot];
  }

  /** The same of whole numbers. */
  int[] ints(int slot, int size) {
    int[][] slots = ints.get();
    if (slots[slot].length < size) {
      slots[slot] = new int[size + size / 4];
    }
    return slots[slot];
  }

  /** An array of at least {@code size} for all threads, until given back. */
  float[] shared(int size) {
    HeapBuffer buffer = pool.take(DType.FLOAT32, size);
    synchronized (lent) {
      lent.put(buffer.floats(), buffer);
    }
    return buffer.floats();
  }

  /** The same, its first {@code size} elements 0. */
  float[] zeros(int size) {
    float[] array = shared(size);
    Arrays.fill(array, 0, size, 0);
    return array;
  }

  void giveBack(float[] array) {
    synchronized (lent) {
      pool.give(lent.remove(array));
    }
  }
}
