package dev.teak.lab.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A data file's bytes, unpacked where they are gzipped, whatever the file is called. */
final class DataFile {
  private static final int BUFFER = 1 << 16;

  private DataFile() {}

  /** The file {@code name} or {@code name.gz} in a folder, or null where neither is there. */
  static Path find(Path folder, String name) {
    for (String candidate : new String[] {name, name + ".gz"}) {
      Path file = folder.resolve(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  /** Complains where there is no such file. */
  static void require(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": there is no such file");
    }
  }

  static boolean isGzipped(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] magic = in.readNBytes(2);
      return magic.length == 2 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B;
    }
  }

  /**
   * Its bytes one after the other.
   *
   * @throws EOFException or a {@link ZipException}, here and from the stream, where it is gzipped
   *     and {@link #damaged}
   */
  static InputStream open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    if (!isGzipped(file)) {
      return new BufferedInputStream(raw, BUFFER);
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  static DataException damaged(Path file, IOException e) {
    return new DataException(
        file + ": the gzip data is truncated or damaged (" + e.getMessage() + ")");
  }
}
