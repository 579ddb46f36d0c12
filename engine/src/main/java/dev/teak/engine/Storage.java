package dev.teak.engine;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;

/**
 * A buffer and how many tensors share it; reshapes and detached copies do. The buffer goes back to
 * its backend when the last of them is released. Not thread-safe: tensors stay with one thread at a
 * time.
 */
final class Storage {
  final Backend backend;
  final Buffer buffer;
  private int users;
  private int version;

  Storage(Backend backend, Buffer buffer) {
    this.backend = backend;
    this.buffer = buffer;
  }

  Storage share() {
    users++;
    return this;
  }

  void release() {
    if (--users == 0) {
      backend.release(buffer);
    }
  }

  boolean isExclusive() {
    return users == 1;
  }

  /** How often the contents were changed in place; a backward pass compares it. */
  int version() {
    return version;
  }

  void changed() {
    version++;
  }
}
