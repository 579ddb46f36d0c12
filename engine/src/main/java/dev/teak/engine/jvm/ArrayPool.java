package dev.teak.engine.jvm;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.HeapBuffer;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Arrays that were released, kept for reuse by size class: a steady training step allocates
 * nothing. Classes are eighths of a power of two, so at most an eighth of an array is waste. What
 * is kept is capped, so that varying shapes do not fill the heap.
 */
final class ArrayPool {
  private final Map<DType, Map<Integer, ArrayDeque<Object>>> free = new EnumMap<>(DType.class);
  private long inUse;
  private long kept;

  /** A buffer for {@code size} elements, its contents undefined. */
  synchronized HeapBuffer take(DType dtype, int size) {
    int length = sizeClass(size);
    ArrayDeque<Object> arrays = free.getOrDefault(dtype, Map.of()).get(length);
    Object array = arrays == null ? null : arrays.poll();
    if (array == null) {
      array = allocate(dtype, length);
    } else {
      kept -= bytes(dtype, length);
    }
    inUse += bytes(dtype, length);
    return new HeapBuffer(dtype, size, array);
  }

  private Object allocate(DType dtype, int length) {
    try {
      return HeapBuffer.newArray(dtype, length);
    } catch (OutOfMemoryError full) {
      long dropped = kept;
      free.clear();
      kept = 0;
      try {
        return HeapBuffer.newArray(dtype, length);
      } catch (OutOfMemoryError stillFull) {
        throw new DeviceException(
            String.format(
                Locale.ROOT,
                "java: out of memory: %,d bytes asked for, %,d held by tensors, %,d freed in vain, heap"
                    + " of %,d bytes; use smaller batches, or a larger heap (-Xmx)",
                bytes(dtype, length),
                inUse,
                dropped,
                Runtime.getRuntime().maxMemory()),
            stillFull);
      }
    }
  }

  /** Takes a buffer back. */
  synchronized void give(HeapBuffer buffer) {
    int length = sizeClass(buffer.size());
    long bytes = bytes(buffer.dtype(), length);
    inUse -= bytes;
    if (kept + bytes <= Runtime.getRuntime().maxMemory() / 2) {
      kept += bytes;
      free.computeIfAbsent(buffer.dtype(), d -> new HashMap<>())
          .computeIfAbsent(length, l -> new ArrayDeque<>())
          .push(buffer.array());
    }
  }

  synchronized long inUse() {
    return inUse;
  }

  private static long bytes(DType dtype, int length) {
    return (long) dtype.bytes() * length;
  }

  private static int sizeClass(int size) {
    if (size <= 64) {
      return 64;
    }
    int step = Math.max(16, Integer.highestOneBit(size - 1) >>> 3);
    long rounded = ((long) size + step - 1) / step * step;
    return (int) Math.min(rounded, Integer.MAX_VALUE - 8);
  }
}
