package dev.teak.lab.experiment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A file of JSON objects, one a line, that grows by whole lines, from any thread. Each ends with a
 * checksum of itself, the field {@code crc32c}, without which none is believed. What a kill cut
 * off, which is a line without its end, is dropped when the file is opened again.
 */
public final class JsonLines implements AutoCloseable {
  /** Takes the lines that are there already. */
  public interface Reader {
    /** One line; {@code number} counts from 1. */
    void take(int number, String line) throws JsonProcessingException;
  }

  /** Takes neither what is missing for a number, nor a field that is unknown or there twice. */
  public static final ObjectMapper STRICT =
      JsonMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS) // a record's isX() is no component
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final Pattern SEAL = Pattern.compile(",\"crc32c\":\"([0-9a-f]{8})\"}$");
  private static final int MOST_IN_MESSAGE = 200;

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
    // What is no UTF-8 becomes another character, and the checksum tells.
    for (String line :
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()) {
      number++;
      try {
        reader.take(number, unsealed(line));
      } catch (IllegalArgumentException e) {
        throw damaged(file, number, what, e.getMessage(), e);
      } catch (JsonProcessingException e) {
        throw damaged(file, number, what, e.getOriginalMessage(), e);
      }
    }
  }

  private static IOException damaged(
      Path file, int number, String what, String why, Exception cause) {
    String line = why.lines().findFirst().orElse("");
    String start = line.length() > MOST_IN_MESSAGE ? line.substring(0, MOST_IN_MESSAGE) : line;
    return new IOException(
        file
            + ": line "
            + number
            + " is not of "
            + what
            + ": "
            + start
            + "; without this line it is done again",
        cause);
  }

  /** A JSON object with a checksum as its last field. */
  public static String sealed(String line) {
    String digits = checksum(line);
    return line.substring(0, line.length() - 1) + ",\"crc32c\":\"" + digits + "\"}";
  }

  /**
   * The object without its checksum.
   *
   * @throws IllegalArgumentException if it has none, or that of another line
   */
  public static String unsealed(String line) {
    Matcher seal = SEAL.matcher(line);
    if (!seal.find()) {
      throw new IllegalArgumentException("it has no checksum");
    }
    String content = line.substring(0, seal.start()) + "}";
    if (!checksum(content).equals(seal.group(1))) {
      throw new IllegalArgumentException(
          "its checksum is that of another line: it was changed after it was written");
    }
    return content;
  }

  private static String checksum(String line) {
    CRC32C sum = new CRC32C();
    sum.update(line.getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  /**
   * Adds an object, without a checksum and a line's end; it is on its way to the disk when this
   * returns.
   */
  public synchronized void append(String line) throws IOException {
    writer.write(sealed(line) + "\n");
    writer.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
