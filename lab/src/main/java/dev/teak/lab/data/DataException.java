package dev.teak.lab.data;

/** A data set that is missing, damaged or not what it says; the message is one line. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the file, what was found and what would be right. */
  public DataException(String message) {
    super(message);
  }
}
