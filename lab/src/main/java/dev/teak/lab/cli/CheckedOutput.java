package dev.teak.lab.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Remembers that something could not be written, which a PrintWriter keeps to itself. */
final class CheckedOutput extends OutputStream {
  private final OutputStream to;
  private String failure;

  CheckedOutput(OutputStream to) {
    this.to = new BufferedOutputStream(to);
  }

  /** Why something could not be written; null where all was, or where the reader had enough. */
  String failure() {
    return failure == null || failure.contains("Broken pipe") ? null : failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    noting(() -> to.write(bytes, from, count));
  }

  @Override
  public void flush() throws IOException {
    noting(to::flush);
  }

  private interface Step {
    void run() throws IOException;
  }

  private void noting(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      failure = failure == null ? String.valueOf(e.getMessage()) : failure;
      throw e;
    }
  }
}
