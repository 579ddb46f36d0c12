package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterLockTest {
  @TempDir Path folder;

  /** Holds a lock until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String... args) throws Exception {
      try (WriterLock lock = WriterLock.of(Path.of(args[0]))) {
        System.out.println("held");
        Thread.sleep(60_000);
      }
    }
  }

  private static Process holder(Path file) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    assertEquals("held", out.readLine());
    return process;
  }

  @Test
  void anotherProcessIsRefusedAndToldWhoHoldsItUntilThatIsKilled() throws Exception {
    Path file = folder.resolve("a");
    Process other = holder(file);
    try {
      IOException e = assertThrows(IOException.class, () -> WriterLock.of(file));
      assertTrue(
          e.getMessage()
              .startsWith(file + ": is being written by process " + other.pid() + " since 2"),
          e.getMessage());
    } finally {
      other.destroyForcibly().waitFor();
    }
    WriterLock.of(file).close();
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void theSameProcessHoldsItOnce() throws IOException {
    try (WriterLock lock = WriterLock.of(folder)) {
      IOException e = assertThrows(IOException.class, () -> WriterLock.of(folder));
      assertTrue(e.getMessage().contains("by this process"), e.getMessage());
      WriterLock.of(folder.resolve("a")).close(); // another thing
    }
    WriterLock again = WriterLock.of(folder);
    again.close();
    again.close();
    assertFalse(Files.exists(folder.resolve(".lock")));
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Files.createSymbolicLink(folder.resolve(".a.lock"), precious);
    assertThrows(IOException.class, () -> WriterLock.of(folder.resolve("a")));
    assertEquals("precious", Files.readString(precious));
  }
}
