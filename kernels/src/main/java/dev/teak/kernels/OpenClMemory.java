package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The device memory of one device, pooled by size. A released block waits in its pool for the next
 * request of its size class and goes back to the driver only when memory runs short. Reuse needs no
 * waiting, although commands on the old contents may still be queued: the queue is in order.
 *
 * <p>Locking: native calls hold the device's lock; the counters and pools hold this object's, which
 * is never held while waiting for the other, so that the cleaner's thread is never blocked by the
 * device.
 */
final class OpenClMemory {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final long SMALLEST = 256;

  private final cl_context context;
  private final DeviceTraits traits;
  private final Object deviceLock;
  private final Map<Long, ArrayDeque<Block>> pools = new HashMap<>();
  private final Set<Block> blocks = new HashSet<>();
  private long bytesInUse;
  private long bytesPooled;
  private long bytesFromDriver;

  /** Memory from the driver; identity is what counts. */
  static final class Block {
    final cl_mem handle;
    final long capacity;

    Block(cl_mem handle, long capacity) {
      this.handle = handle;
      this.capacity = capacity;
    }
  }

  OpenClMemory(cl_context context, DeviceTraits traits, Object deviceLock) {
    this.context = context;
    this.traits = traits;
    this.deviceLock = deviceLock;
  }

  /** A buffer of {@code size} elements, from the pool where it has one. */
  OpenClBuffer allocate(DType dtype, int size) {
    long bytes = (long) size * dtype.bytes();
    Block block = take(bytes);
    OpenClBuffer buffer = new OpenClBuffer(dtype, size, this, block);
    // The action must not hold the buffer, or the buffer would never be dropped.
    buffer.loan(CLEANER.register(buffer, () -> giveBack(block, bytes)));
    return buffer;
  }

  synchronized long bytesInUse() {
    return bytesInUse;
  }

  /** Bytes taken from the driver: in use, rounded up, or waiting in the pool. */
  synchronized long bytesFromDriver() {
    return bytesFromDriver;
  }

  private Block take(long bytes) {
    long capacity = capacity(bytes);
    Block pooled = fromPool(capacity, bytes);
    if (pooled != null) {
      return pooled;
    }
    if (capacity > traits.maxAllocation()) {
      // A class may be rounded up past what the device gives in one piece.
      capacity = bytes;
    }
    if (capacity > traits.maxAllocation()) {
      throw exhausted(bytes, "one buffer may have " + mib(traits.maxAllocation()));
    }
    synchronized (deviceLock) {
      if (bytesFromDriver() + capacity > traits.memory()) {
        trim();
      }
      if (bytesFromDriver() + capacity > traits.memory()) {
        throw exhausted(bytes, "release buffers or use a smaller batch");
      }
      Block fresh = create(capacity, bytes);
      synchronized (this) {
        blocks.add(fresh);
        bytesFromDriver += capacity;
        bytesInUse += bytes;
      }
      return fresh;
    }
  }

  private synchronized Block fromPool(long capacity, long bytes) {
    ArrayDeque<Block> pool = pools.get(capacity);
    if (pool == null || pool.isEmpty()) {
      return null;
    }
    bytesPooled -= capacity;
    bytesInUse += bytes;
    return pool.pop();
  }

  private Block create(long capacity, long bytes) {
    try {
      return new Block(createNative(capacity), capacity);
    } catch (CLException first) {
      trim();
      try {
        return new Block(createNative(capacity), capacity);
      } catch (CLException e) {
        throw new DeviceException(
            exhausted(bytes, "the driver answered " + e.getMessage()).getMessage(), e);
      }
    }
  }

  private cl_mem createNative(long capacity) {
    return CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, capacity, null, null);
  }

  private synchronized void giveBack(Block block, long bytes) {
    bytesInUse -= bytes;
    bytesPooled += block.capacity;
    pools.computeIfAbsent(block.capacity, c -> new ArrayDeque<>()).push(block);
  }

  /**
   * Returns pooled blocks to the driver, which keeps them until queued commands are done with them.
   */
  void trim() {
    synchronized (deviceLock) {
      synchronized (this) {
        for (ArrayDeque<Block> pool : pools.values()) {
          for (Block block : pool) {
            blocks.remove(block);
            bytesFromDriver -= block.capacity;
            CL.clReleaseMemObject(block.handle);
          }
        }
        pools.clear();
        bytesPooled = 0;
      }
    }
  }

  /** Returns everything to the driver, in use or not; nothing may be launched afterwards. */
  void close() {
    synchronized (deviceLock) {
      synchronized (this) {
        blocks.forEach(block -> CL.clReleaseMemObject(block.handle));
        blocks.clear();
        pools.clear();
      }
    }
  }

  private synchronized DeviceException exhausted(long bytes, String advice) {
    long free = Math.max(0, traits.memory() - (bytesFromDriver - bytesPooled));
    return new DeviceException(
        traits.name()
            + ": out of memory: asked "
            + mib(bytes)
            + ", held "
            + mib(bytesInUse)
            + ", free "
            + mib(free)
            + " of "
            + mib(traits.memory())
            + ": "
            + advice);
  }

  /** What the memory looks like, for the message of a command that found none. */
  synchronized String state() {
    return "held "
        + mib(bytesInUse)
        + ", pooled "
        + mib(bytesPooled)
        + " of "
        + mib(traits.memory());
  }

  /** Rounds up to one of four classes in each power of two: at most a quarter is lost. */
  static long capacity(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long step = Long.highestOneBit(bytes - 1) / 4;
    return (bytes + step - 1) / step * step;
  }

  private static String mib(long bytes) {
    return String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
  }
}
