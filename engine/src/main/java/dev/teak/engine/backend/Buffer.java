package dev.teak.engine.backend;

import dev.teak.engine.DType;

/**
 * Device memory for {@link #size} elements, owned by one backend and opaque to everyone else. What
 * it holds after allocation is undefined.
 */
public abstract class Buffer {
  private final DType dtype;
  private final int size;

  protected Buffer(DType dtype, int size) {
    this.dtype = dtype;
    this.size = size;
  }

  /** What the elements are. */
  public final DType dtype() {
    return dtype;
  }

  /** Number of elements asked for; the memory behind it may be larger. */
  public final int size() {
    return size;
  }
}
