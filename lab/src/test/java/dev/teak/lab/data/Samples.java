package dev.teak.lab.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.function.Executable;

/** What several tests here need: small files, real ones, and errors that name what is wrong. */
final class Samples {
  private Samples() {}

  /** An idx file of bytes: magic, extents, data. */
  static byte[] idx(int magic, int[] extents, byte... data) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + data.length).putInt(magic);
    for (int extent : extents) {
      buffer.putInt(extent);
    }
    return buffer.put(data).array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** Runs what must be refused with a line that has all of these in it. */
  static void assertRefused(Executable action, Object... parts) {
    String message = assertThrows(DataException.class, action).getMessage();
    for (Object part : parts) {
      assertTrue(message.contains(part.toString()), () -> "no '" + part + "' in: " + message);
    }
    assertTrue(message.lines().count() == 1, message);
  }

  /** The first data folder that has this file. */
  static Optional<Path> dataFolderWith(String file) {
    Path here = Path.of(System.getProperty("user.dir"));
    return Stream.of(
            Optional.ofNullable(System.getenv("TEAK_DATA")).filter(s -> !s.isBlank()).map(Path::of),
            Optional.of(here.resolve("../shared/data")),
            Optional.of(here.resolve("../../shared/data")))
        .flatMap(Optional::stream)
        .filter(folder -> Files.isRegularFile(folder.resolve(file)))
        .findFirst();
  }
}
