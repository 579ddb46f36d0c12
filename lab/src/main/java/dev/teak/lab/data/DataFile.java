package dev.teak.lab.data;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A data file's bytes, unpacked where they are gzipped, whatever the file is called. */
final class DataFile {
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

  static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": there is no such file");
    }
    byte[] raw = Files.readAllBytes(file);
    boolean gzipped = raw.length >= 2 && (raw[0] & 0xFF) == 0x1F && (raw[1] & 0xFF) == 0x8B;
    if (!gzipped) {
      return raw;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      return in.readAllBytes();
    } catch (EOFException | ZipException e) {
      throw new DataException(
          file + ": the gzip data is truncated or damaged (" + e.getMessage() + ")");
    }
  }
}
