package dev.teak.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are there whole or not at all: written to a temporary file beside, flushed to the
 * disk, renamed. A temporary file that a kill left behind is overwritten.
 */
public final class WholeFile {
  private WholeFile() {}

  /** What goes into the file. */
  interface Content {
    void writeTo(FileChannel out) throws IOException;
  }

  /** Writes these bytes; what was there before stays where this fails. */
  public static void write(Path file, byte[] content) throws IOException {
    write(
        file,
        out -> {
          ByteBuffer rest = ByteBuffer.wrap(content);
          while (rest.hasRemaining()) {
            out.write(rest);
          }
        });
  }

  /** Writes a file; what was there before stays where this fails. */
  static void write(Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        content.writeTo(out);
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
