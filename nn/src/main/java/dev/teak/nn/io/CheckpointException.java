package dev.teak.nn.io;

/** A file of weights that is not one, is damaged, or belongs to something else. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the file, what was found and what would be right. */
  public CheckpointException(String message) {
    super(message);
  }
}
