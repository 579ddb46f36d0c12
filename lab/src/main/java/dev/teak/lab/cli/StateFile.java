package dev.teak.lab.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Outcomes;
import dev.teak.lab.experiment.JsonLines;
import dev.teak.nn.io.WriterLock;
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
  private static final ObjectMapper JSON = JsonLines.STRICT;

  /** The first line. */
  private record Head(String evaluation) {
    Head {
      requireNonNull(evaluation, "it does not say of what");
    }
  }

  /** Any other line. */
  private record Entry(String attack, Outcomes outcomes) {
    Entry {
      requireNonNull(attack, "it does not say of which attack");
      requireNonNull(outcomes, "it has no outcomes");
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final WriterLock alone;
  private final JsonLines lines;

  private StateFile(Path file, String what) throws IOException {
    alone = WriterLock.of(file);
    try {
      lines = read(file, what);
    } catch (IOException | RuntimeException | Error e) {
      alone.close();
      throw e;
    }
  }

  private JsonLines read(Path file, String what) throws IOException {
    String[] head = new String[1];
    JsonLines all =
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
      all.append(JSON.writeValueAsString(new Head(what)));
    } else if (!what.equals(head[0])) {
      all.close();
      throw new UsageException(
          file + ": is the state of another evaluation: " + head[0] + "; this one is of " + what);
    }
    return all;
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
    alone.close();
  }

  /** Tells one weights file from another. */
  static String checksum(Path file) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(Files.readAllBytes(file));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
