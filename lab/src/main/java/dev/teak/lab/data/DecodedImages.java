package dev.teak.lab.data;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decoded images that are kept. All of a process together have a quarter of the heap; once that is
 * full, what is kept stays, and nothing is added: every epoch asks for each image once, and what
 * made room for the latest would throw each out before it is asked for again.
 */
final class DecodedImages {
  private static final AtomicLong LEFT = new AtomicLong(Runtime.getRuntime().maxMemory() / 4);
  private static final Cleaner CLEANER = Cleaner.create();

  private final AtomicReferenceArray<byte[]> images;
  private final AtomicLong used = new AtomicLong();

  /** Room for so many, if they fit. */
  DecodedImages(int count) {
    this.images = new AtomicReferenceArray<>(count);
    AtomicLong mine = used; // the cleaner must not hold on to this
    CLEANER.register(this, () -> LEFT.addAndGet(mine.get()));
  }

  /** An image's bytes; null if they are not kept. */
  byte[] get(int index) {
    return images.get(index);
  }

  /** Keeps an image's bytes, if there is room. */
  void offer(int index, byte... bytes) {
    if (LEFT.addAndGet(-bytes.length) >= 0 && images.compareAndSet(index, null, bytes)) {
      used.addAndGet(bytes.length);
    } else {
      LEFT.addAndGet(bytes.length);
    }
  }
}
