package dev.teak.engine.jvm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of the {@code java} backend. Work is cut into chunks by its size alone, never by the
 * number of threads, so results do not depend on it; the caller takes part. Idle workers spin for a
 * moment, since the next op is mostly microseconds away, and then park.
 */
final class Workers {
  /** A piece of work, told which chunk to do. */
  interface Chunk {
    void run(int chunk);
  }

  private static final long SPIN_NANOS = 1_000_000;
  private static final Workers ALL = new Workers(threads());
  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

  private final Worker[] workers;
  private final int count;

  /** One call of {@link #run}: shared by all who take part. */
  private static final class Job {
    final Chunk body;
    final int chunks;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    volatile Throwable failure;

    Job(Chunk body, int chunks) {
      this.body = body;
      this.chunks = chunks;
    }

    void takePart() {
      int chunk;
      while ((chunk = next.getAndIncrement()) < chunks) {
        try {
          if (failure == null) {
            body.run(chunk);
          }
        } catch (Throwable t) {
          failure = t;
        } finally {
          done.incrementAndGet();
        }
      }
    }
  }

  Workers(int threads) {
    this.count = threads;
    this.workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** The pool that all of the backend shares. */
  static Workers all() {
    return ALL;
  }

  /** How many threads take part, the caller included. */
  int count() {
    return count;
  }

  private static int threads() {
    String asked = System.getenv("TEAK_THREADS");
    if (asked == null || asked.isBlank()) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int n = Integer.parseInt(asked.trim());
      if (n >= 1 && n <= 1024) {
        return n;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "TEAK_THREADS is '" + asked + "'; it must be a whole number from 1 to 1024");
  }

  /** Whether what this thread runs from now on stays on it; gives what held before. */
  static boolean stay(boolean here) {
    boolean before = INSIDE.get();
    INSIDE.set(here);
    return before;
  }

  /** Runs chunks 0..chunks-1, in any order and at the same time; returns when all are done. */
  void run(int chunks, Chunk body) {
    if (chunks <= 1 || workers.length == 0 || INSIDE.get()) {
      for (int i = 0; i < chunks; i++) {
        body.run(i);
      }
      return;
    }
    Job job = new Job(body, chunks);
    for (Worker w : workers) {
      w.offer(job);
    }
    INSIDE.set(true);
    try {
      job.takePart();
    } finally {
      INSIDE.set(false);
    }
    while (job.done.get() < chunks) {
      Thread.onSpinWait();
    }
    rethrow(job.failure);
  }

  /** Runs {@code body} over ranges of at most {@code grain} of 0..n-1. */
  void ranges(int n, int grain, Range body) {
    int chunks = (int) (((long) n + grain - 1) / grain);
    run(chunks, c -> body.run(c * grain, (int) Math.min(n, (c + 1L) * grain)));
  }

  /** A piece of work on a range. */
  interface Range {
    void run(int from, int to);
  }

  private static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Waits for jobs; daemon, so that it never keeps a program alive. */
  private static final class Worker extends Thread {
    private volatile Job job;

    Worker(int number) {
      super("teak-worker-" + number);
      setDaemon(true);
    }

    void offer(Job next) {
      job = next;
      LockSupport.unpark(this);
    }

    @Override
    public void run() {
      INSIDE.set(true);
      Job last = null;
      while (true) {
        Job current = await(last);
        current.takePart();
        last = current;
      }
    }

    private Job await(Job last) {
      long until = System.nanoTime() + SPIN_NANOS;
      while (job == last) {
        if (System.nanoTime() < until) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      return job;
    }
  }
}
