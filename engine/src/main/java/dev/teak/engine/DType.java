package dev.teak.engine;

/** What a tensor's elements are. */
public enum DType {
  /** The working type of every backend but {@code reference}. */
  FLOAT32(4),
  /** The working type of the {@code reference} backend. */
  FLOAT64(8),
  /** Labels and indices. */
  INT32(4),
  /** Small indices, such as the winner's place in a pooling window. */
  UINT8(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether gradients can flow through elements of this type. */
  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
