package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The device memory of one device, pooled by size. A released block waits in its pool for the next
 * request of its size class and goes back to the driver only when memory runs short. Reuse needs no
 * waiting, although commands on the old contents may still be queued: the queue is in order.
 *
 * <p>A buffer that is dropped, not released, comes back when the garbage collector finds it. Where
 * the system property {@code teak.leaks} is {@code true}, that is told on standard error, with the
 * stack that made the buffer.
 *
 * <p>Locking: native calls hold the device's lock; the counters and pools hold this object's, which
 * is never held while waiting for the other, so that the cleaner's thread is never blocked by the
 * device.
 */
final class OpenClMemory {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final long SMALLEST = 256;
  private static final int USERS_NAMED = 5;
  private static final int FRAMES_TOLD = 20;

  private final cl_context context;
  private final DeviceTraits traits;
  private final Object deviceLock;
  private final boolean tellLeaks = Boolean.getBoolean("teak.leaks");
  private final Map<Long, ArrayDeque<Block>> pools = new HashMap<>();
  private final Set<Block> blocks = new HashSet<>();
  private final Set<Block> lent = new HashSet<>();
  private long bytesInUse;
  private long bytesPooled;
  private long bytesFromDriver;

  /** Memory from the driver; identity is what counts. */
  static final class Block {
    final cl_mem handle;
    final long capacity;
    volatile String user;
    volatile boolean released;
    private long bytes;
    private Throwable stack;

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
    Block block = take((long) size * dtype.bytes());
    OpenClBuffer buffer = new OpenClBuffer(dtype, size, this, block);
    // The action must not hold the buffer, or the buffer would never be dropped.
    buffer.loan(CLEANER.register(buffer, () -> giveBack(block)));
    return buffer;
  }

  /** A buffer of the working type for the length of one call, which must release it. */
  OpenClBuffer scratch(int size) {
    return new OpenClBuffer(traits.real(), size, this, take((long) size * traits.real().bytes()));
  }

  synchronized long bytesInUse() {
    return bytesInUse;
  }

  /** Bytes taken from the driver: in use, rounded up, or waiting in the pool. */
  synchronized long bytesFromDriver() {
    return bytesFromDriver;
  }

  private Block take(long bytes) {
    Block block = pooledOrNew(bytes);
    synchronized (this) {
      block.bytes = bytes;
      block.user = null;
      block.released = false;
      block.stack = tellLeaks ? new Throwable("made here") : null;
      lent.add(block);
      bytesInUse += bytes;
    }
    return block;
  }

  private Block pooledOrNew(long bytes) {
    long capacity = capacity(bytes);
    Block pooled = fromPool(capacity);
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
      }
      return fresh;
    }
  }

  private synchronized Block fromPool(long capacity) {
    ArrayDeque<Block> pool = pools.get(capacity);
    if (pool == null || pool.isEmpty()) {
      return null;
    }
    bytesPooled -= capacity;
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

  synchronized void giveBack(Block block) {
    if (tellLeaks && !block.released) {
      System.err.println(leak(block, "was dropped without being released"));
    }
    lent.remove(block);
    bytesInUse -= block.bytes;
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
        if (tellLeaks) {
          lent().forEach(System.err::println);
        }
        blocks.forEach(block -> CL.clReleaseMemObject(block.handle));
        blocks.clear();
        pools.clear();
      }
    }
  }

  /** What is lent out now, a line each: the report of leaks when all should be back. */
  synchronized List<String> lent() {
    return lent.stream().map(block -> leak(block, "is still held")).toList();
  }

  private String leak(Block block, String what) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s: a buffer of %d bytes, first used by %s, %s",
                traits.name(),
                block.bytes,
                block.user,
                what));
    if (block.stack != null) {
      Arrays.stream(block.stack.getStackTrace())
          .limit(FRAMES_TOLD)
          .forEach(e -> line.append("\n    at ").append(e));
    }
    return line.toString();
  }

  private synchronized DeviceException exhausted(long bytes, String advice) {
    long free = Math.max(0, traits.memory() - (bytesFromDriver - bytesPooled));
    return new DeviceException(
        traits.name()
            + ": out of memory: asked "
            + mib(bytes)
            + ", held "
            + mib(bytesInUse)
            + users()
            + ", free "
            + mib(free)
            + " of "
            + mib(traits.memory())
            + ": "
            + advice);
  }

  /** Who holds most: " (conv_product 512.0 MiB in 4 buffers, ...)". */
  private String users() {
    Map<String, long[]> sums = new HashMap<>();
    for (Block block : lent) {
      long[] sum = sums.computeIfAbsent(block.user == null ? "new" : block.user, u -> new long[2]);
      sum[0] += block.bytes;
      sum[1]++;
    }
    return sums.entrySet().stream()
        .filter(e -> e.getValue()[0] > 0)
        .sorted((a, b) -> Long.compare(b.getValue()[0], a.getValue()[0]))
        .limit(USERS_NAMED)
        .map(
            e ->
                String.format(
                    Locale.ROOT, "%s %s in %d", e.getKey(), mib(e.getValue()[0]), e.getValue()[1]))
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), s -> s.isEmpty() ? "" : " (" + s + ")"));
  }

  /** What the memory looks like, for the message of a command that found none. */
  synchronized String state() {
    return "held "
        + mib(bytesInUse)
        + users()
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
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
  }
}
