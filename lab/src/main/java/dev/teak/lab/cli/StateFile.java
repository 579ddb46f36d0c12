package dev.teak.lab.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Outcomes;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The state of an evaluation: one JSON line for what it is of, then one a batch. A line that a kill
 * cut off is dropped.
 */
final class StateFile implements Journal, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first line. */
  private record Head(String evaluation) {}

  /** Any other line. */
  private record Entry(String attack, Outcomes outcomes) {}

  private final List<Entry> entries = new ArrayList<>();
  private final BufferedWriter writer;

  private StateFile(Path file, String what) throws IOException {
    List<String> kept = new ArrayList<>(List.of(JSON.writeValueAsString(new Head(what))));
    if (Files.exists(file)) {
      read(file, what, kept);
    }
    byte[] whole = (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8);
    CommonOptions.writeWhole(file, whole);
    writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
  }

  /** Goes on from a file, or begins it; null for no file. */
  static StateFile open(Path file, String what) throws IOException {
    if (file == null) {
      return null;
    }
    CommonOptions.requireWritable(file);
    return new StateFile(file, what);
  }

  private void read(Path file, String what, List<String> kept) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      try {
        if (i == 0) {
          String was = JSON.readValue(lines.get(0), Head.class).evaluation;
          if (!what.equals(was)) {
            throw new UsageException(
                file + ": is the state of another evaluation: " + was + "; this one is of " + what);
          }
        } else {
          entries.add(JSON.readValue(lines.get(i), Entry.class));
          kept.add(lines.get(i));
        }
      } catch (JsonProcessingException e) {
        if (i == 0 || i < lines.size() - 1) {
          throw new IOException(
              file + ": line " + (i + 1) + " is not of an evaluation's state: " + e.getMessage(),
              e);
        }
      }
    }
  }

  @Override
  public List<Outcomes> read(String attack) {
    return entries.stream().filter(e -> e.attack.equals(attack)).map(e -> e.outcomes).toList();
  }

  @Override
  public void write(String attack, Outcomes outcomes) {
    try {
      writer.write(JSON.writeValueAsString(new Entry(attack, outcomes)));
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** Tells one weights file from another. */
  static String checksum(Path file) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(Files.readAllBytes(file));
    return String.format("%08x", crc.getValue());
  }
}
