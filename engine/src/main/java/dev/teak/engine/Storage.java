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
  private final Scope.Meter meter; // of the scopes that were open; null if there were none
  private int users;
  private int version;

  Storage(Backend backend, Buffer buffer, Scope scope) {
    this.backend = backend;
    this.buffer = buffer;
    this.meter = scope == null ? null : scope.meter();
    if (meter != null) {
      meter.add(bytes());
    }
  }

  long bytes() {
    return (long) buffer.size() * buffer.dtype().bytes();
  }

  Storage share() {
    users++;
    return this;
  }

  void release() {
    if (--users == 0) {
      backend.release(buffer);
      if (meter != null) {
        meter.add(-bytes());
      }
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
