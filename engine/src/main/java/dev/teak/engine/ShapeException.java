package dev.teak.engine;

/** Shapes that do not fit; the message names the op, the shapes found, and what would fit. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Makes the exception from a message of the form {@code op: what was found, what would fit}. */
  public ShapeException(String message) {
    super(message);
  }
}
