package dev.teak.lab.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of JSON lines that grows by whole lines, from any thread. What a kill cut off, which is a
 * line without its end, is dropped when the file is opened again.
 */
public final class JsonLines implements AutoCloseable {
  /** Takes the lines that are there already. */
  public interface Reader {
    /** One line; {@code number} counts from 1. */
    void take(int number, String line) throws JsonProcessingException;
  }

  private final Writer writer;

  private JsonLines(Path file) throws IOException {
    writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Reads what a file has and opens it to go on.
   *
   * @param what the file is of, for messages
   * @throws IOException also if a whole line is not what it should be
   */
  public static JsonLines open(Path file, String what, Reader reader) throws IOException {
    if (Files.exists(file)) {
      dropCutLine(file);
      read(file, what, reader);
    }
    return new JsonLines(file);
  }

  private static void dropCutLine(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    if (whole < bytes.length) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(whole);
      }
    }
  }

  /** Reads a file's lines. */
  static void read(Path file, String what, Reader reader) throws IOException {
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      try {
        reader.take(number, line);
      } catch (JsonProcessingException e) {
        throw new IOException(
            file + ": line " + number + " is not of " + what + ": " + e.getOriginalMessage(), e);
      }
    }
  }

  /** Adds a line, given without its end; it is on its way to the disk when this returns. */
  public synchronized void append(String line) throws IOException {
    writer.write(line + "\n");
    writer.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
