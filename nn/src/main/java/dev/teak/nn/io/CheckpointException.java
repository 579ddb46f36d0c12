package dev.teak.nn.io;

/** A file of weights that is not one, is damaged, or belongs to something else. */
public class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 80;

  /** Names the file, what was found and what would be right. */
  public CheckpointException(String message) {
    super(message);
  }

  /** What a message repeats of a file: its beginning, in one line. */
  public static String quote(String found) {
    String start = found.length() > LONGEST ? found.substring(0, LONGEST) + "..." : found;
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
