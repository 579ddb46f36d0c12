package dev.teak.nn.train;

import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.augment.Draws;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * An epoch's batches, read and augmented ahead by a thread of its own, so that decoding an image
 * does not hold up the training. Two batches are ahead at most: one that waits and one that is
 * made. Each is what it would be without the thread, for an image's random numbers are its own.
 */
final class Loader implements AutoCloseable {
  private final Examples examples;
  private final List<Augmentation> augmentations;
  private final long seed;
  private final int epoch;
  private final BlockingQueue<Ready> ready = new ArrayBlockingQueue<>(1);
  private final Thread thread;

  /** Numbers {@code from..to} of the epoch's order. */
  record Range(int from, int to) {}

  /** A batch, or why there is none. */
  private record Ready(HostBatch batch, Throwable failure) {}

  /**
   * Begins to read.
   *
   * @param augmentations to make of each image, one after the other
   * @param seed of the run
   * @param order of the epoch
   * @param batches to make, in this order
   */
  Loader(
      Examples examples,
      List<Augmentation> augmentations,
      long seed,
      int epoch,
      int[] order,
      List<Range> batches) {
    this.examples = examples;
    this.augmentations = augmentations;
    this.seed = seed;
    this.epoch = epoch;
    this.thread = new Thread(() -> load(order, batches), "teak-loader");
    thread.setDaemon(true);
    thread.start();
  }

  private void load(int[] order, List<Range> batches) {
    try {
      for (Range range : batches) {
        Ready next = made(order, range);
        ready.put(next);
        if (next.failure != null) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits for more.
    }
  }

  private Ready made(int[] order, Range range) {
    try {
      HostBatch batch = examples.read(order, range.from(), range.to());
      int size = examples.image().size();
      for (int i = 0; i < batch.labels().length; i++) {
        Draws draws = new Draws(seed, epoch, order[range.from() + i]);
        for (Augmentation augmentation : augmentations) {
          augmentation.apply(batch.pixels(), i * size, batch.image(), draws);
        }
      }
      return new Ready(batch, null);
    } catch (Throwable e) {
      return new Ready(null, e);
    }
  }

  /**
   * The next batch, on the current device.
   *
   * @throws RuntimeException what reading an image ended in, which names it
   */
  Batch next() {
    Ready next;
    try {
      next = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for images", e);
    }
    if (next.failure instanceof RuntimeException e) {
      throw e;
    }
    if (next.failure instanceof Error e) {
      throw e;
    }
    return next.batch.onDevice();
  }

  /** Ends the thread, and returns when it has ended. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // kept for later: an image is read to its end
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
