package dev.teak.kernels;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is told on standard error, for tests that provoke it. */
final class StandardError {
  private StandardError() {}

  /** What is done meanwhile; it may throw. */
  interface Work<E extends Exception> {
    void run() throws E;
  }

  /** What any thread of this process tells while work is done; it is not printed. */
  static <E extends Exception> String during(Work<E> work) throws E {
    PrintStream before = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return told.toString(StandardCharsets.UTF_8);
  }
}
