package dev.teak.nn.io;

/** A file that is whole and well, but holds what Teak cannot hold. */
final class UnreadableException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message) {
    super(message);
  }
}
