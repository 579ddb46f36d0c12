package dev.teak.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_event;

/**
 * Copies between Java arrays and the device, in pieces, through direct memory: a Java array pinned
 * for a native call can be corrupted on some JDKs, and could not serve a copy that outlives the
 * call. Writes do not wait; their staging memory is theirs until the next time the queue is known
 * to be empty, which comes by itself once {@link #PENDING_LIMIT} bytes are under way.
 */
final class Transfers {
  private static final int PIECE = 16 << 20;
  private static final long PENDING_LIMIT = 64L << 20;
  private static final int SMALLEST = 4096;

  private final OpenClDevice device;
  private final Map<Integer, ArrayDeque<ByteBuffer>> idle = new HashMap<>();
  private final List<ByteBuffer> pending = new ArrayList<>();
  private long pendingBytes;

  Transfers(OpenClDevice device) {
    this.device = device;
  }

  /**
   * Moves {@code count} elements, from the buffer's element {@code from}, to or from staging
   * memory.
   */
  interface Move {
    void apply(ByteBuffer staging, int from, int count);
  }

  /** Fills the buffer; {@code fill} puts elements into staging memory. */
  void write(OpenClBuffer out, Move fill) {
    synchronized (device) {
      device.requireOpen();
      int elementBytes = out.dtype().bytes();
      int piece = PIECE / elementBytes;
      for (int from = 0; from < out.size(); from += piece) {
        int count = Math.min(piece, out.size() - from);
        ByteBuffer staging = take(count * elementBytes);
        fill.apply(staging, from, count);
        enqueueWrite(out, staging, (long) from * elementBytes, (long) count * elementBytes);
        if (out.size() - from <= piece) {
          return; // not left to the loop: from + piece may pass the largest int
        }
      }
    }
  }

  private void enqueueWrite(OpenClBuffer out, ByteBuffer staging, long offset, long bytes) {
    cl_event event = device.event("write", bytes);
    try {
      device.queue().write(out.block().handle, offset, bytes, Pointer.to(staging.clear()), event);
    } catch (CLException e) {
      device.dropped(event);
      throw device.failed("write of " + bytes + " bytes", e);
    }
    pending.add(staging);
    pendingBytes += staging.capacity();
    if (pendingBytes > PENDING_LIMIT) {
      finish();
    }
  }

  /** Drains the buffer, waiting for it; {@code drain} takes elements from staging memory. */
  void read(OpenClBuffer x, Move drain) {
    synchronized (device) {
      device.requireOpen();
      int elementBytes = x.dtype().bytes();
      int piece = PIECE / elementBytes;
      for (int from = 0; from < x.size(); from += piece) {
        int count = Math.min(piece, x.size() - from);
        ByteBuffer staging = take(count * elementBytes);
        readPiece(x, staging, (long) from * elementBytes, (long) count * elementBytes);
        drain.apply(staging, from, count);
        idle(staging);
        if (x.size() - from <= piece) {
          return;
        }
      }
    }
  }

  private void readPiece(OpenClBuffer x, ByteBuffer staging, long offset, long bytes) {
    cl_event event = device.event("read", bytes);
    try {
      device.queue().read(x.block().handle, offset, bytes, Pointer.to(staging.clear()), event);
    } catch (CLException e) {
      device.dropped(event);
      throw device.failedWaiting("read of " + bytes + " bytes", e);
    }
    // A blocking read on an in-order queue ends after all that came before it.
    recycle();
  }

  /** Waits for the queue and takes back all staging memory. */
  void finish() {
    synchronized (device) {
      device.finish();
      recycle();
    }
  }

  private ByteBuffer take(int bytes) {
    int capacity = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
    ArrayDeque<ByteBuffer> pool = idle.get(capacity);
    ByteBuffer staging =
        pool == null || pool.isEmpty() ? ByteBuffer.allocateDirect(capacity) : pool.pop();
    return staging.clear().order(ByteOrder.nativeOrder());
  }

  private void idle(ByteBuffer staging) {
    idle.computeIfAbsent(staging.capacity(), c -> new ArrayDeque<>()).push(staging);
  }

  private void recycle() {
    pending.forEach(this::idle);
    pending.clear();
    pendingBytes = 0;
  }
}
