package dev.teak.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Outcomes;
import dev.teak.lab.experiment.JsonLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private final JsonLines lines;

  private StateFile(Path file, String what) throws IOException {
    String[] head = new String[1];
    lines =
        JsonLines.open(
            file,
            "an evaluation's state",
            (number, line) -> {
              if (number == 1) {
                head[0] = JSON.readValue(line, Head.class).evaluation;
              } else {
                entries.add(JSON.readValue(line, Entry.class));
              }
            });
    if (head[0] == null) {
      lines.append(JSON.writeValueAsString(new Head(what)));
    } else if (!what.equals(head[0])) {
      lines.close();
      throw new UsageException(
          file + ": is the state of another evaluation: " + head[0] + "; this one is of " + what);
    }
  }

  /** Goes on from a file, or begins it; null for no file. */
  static StateFile open(Path file, String what) throws IOException {
    if (file == null) {
      return null;
    }
    CommonOptions.requireWritable(file);
    return new StateFile(file, what);
  }

  @Override
  public List<Outcomes> read(String attack) {
    return entries.stream().filter(e -> e.attack.equals(attack)).map(e -> e.outcomes).toList();
  }

  @Override
  public void write(String attack, Outcomes outcomes) {
    try {
      lines.append(JSON.writeValueAsString(new Entry(attack, outcomes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** Tells one weights file from another. */
  static String checksum(Path file) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(Files.readAllBytes(file));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
