package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CheckedOutputTest {
  private static String failure(OutputStream to) {
    CheckedOutput output = new CheckedOutput(to);
    PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
    out.println("some");
    out.flush();
    return output.failure();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsRemembered() throws IOException {
    try (OutputStream full = new FileOutputStream("/dev/full")) {
      assertEquals("No space left on device", failure(full));
    }
  }

  @Test
  void whatIsWrittenIsWrittenAndAReaderThatHasEnoughIsNoFailure() {
    assertNull(failure(OutputStream.nullOutputStream()));
    assertNull(
        failure(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            }));
  }
}
