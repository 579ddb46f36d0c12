package dev.teak.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that are there whole or not at all, also after a power cut: written to a new file of an
 * unforeseeable name in the same folder, flushed to the disk, renamed, and the folder flushed. The
 * target of a symbolic link is written, not the link; permissions stay. What is neither a file nor
 * a folder, as a pipe, is written straight into.
 *
 * <p>A temporary file is locked while it is written. A process that is asked to end deletes its
 * own; one that nobody holds is a killed process's, and is deleted by the next write into its
 * folder.
 */
public final class WholeFile {
  private static final int LINKS = 40; // as many as Linux follows
  private static final String PREFIX = ".teak-";
  private static final String SUFFIX = ".tmp";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Of this process, which cannot ask the lock: closing any channel of a file would end it. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OWN.forEach(WholeFile::deleteQuietly), "leftovers"));
  }

  private WholeFile() {}

  /** What goes into the file. */
  interface Content {
    void writeTo(FileChannel out) throws IOException;
  }

  /**
   * Writes these bytes; what was there before stays where this fails.
   *
   * @throws IOException with the file's name, why it cannot be written, and what is free where the
   *     disk is full
   */
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
    Path target = behindLinks(file);
    Path folder = target.toAbsolutePath().getParent();
    try {
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "is a folder");
      }
      if (Files.exists(target) && !Files.isWritable(target)) {
        throw new AccessDeniedException(file.toString());
      }
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        try (FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
          content.writeTo(out);
        }
      } else {
        Path real = folder.toRealPath(); // so that one temporary file has one name here
        sweep(real);
        replace(target, real, content);
      }
    } catch (IOException e) {
      throw named(file, folder, e);
    }
  }

  /** What a file is in the end, which need not be there. */
  static Path behindLinks(Path file) throws IOException {
    Path target = file;
    for (int i = 0; Files.isSymbolicLink(target); i++) {
      if (i == LINKS) {
        throw new IOException(file + ": a link that leads to no file, but to links");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static void replace(Path target, Path folder, Content content) throws IOException {
    boolean done = false;
    while (!done) {
      byte[] name = new byte[8];
      RANDOM.nextBytes(name);
      Path temporary = folder.resolve(PREFIX + HexFormat.of().formatHex(name) + SUFFIX);
      OWN.add(temporary);
      try (FileChannel out =
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          FileLock lock = out.tryLock()) {
        if (lock != null && Files.exists(temporary)) { // else another process has just swept it
          keepPermissions(target, temporary);
          content.writeTo(out);
          out.force(true);
          Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
          done = true;
        }
      } finally {
        Files.deleteIfExists(temporary);
        OWN.remove(temporary);
      }
    }
    flush(folder);
  }

  private static void keepPermissions(Path from, Path to) throws IOException {
    try {
      if (Files.exists(from)) {
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
      }
    } catch (UnsupportedOperationException e) {
      // A file system without them, as Windows has.
    }
  }

  /** So that the new name is on the disk as well; some systems do not open folders. */
  private static void flush(Path folder) {
    try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
      open.force(true);
    } catch (IOException e) {
      // The file itself is on the disk, under its old name or its new one.
    }
  }

  /** Deletes what killed processes have left in a folder. */
  private static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path temporary : all) {
        if (!OWN.contains(temporary) && Files.isRegularFile(temporary, LinkOption.NOFOLLOW_LINKS)) {
          deleteIfNobodys(temporary);
        }
      }
    }
  }

  private static void deleteIfNobodys(Path temporary) {
    try (FileChannel open =
            FileChannel.open(temporary, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = open.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // Another user's, or gone already.
    }
  }

  /** Deletes a file if that can be done. */
  static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The next write into this folder tries again.
    }
  }

  private static IOException named(Path file, Path folder, IOException e) {
    String why = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (e instanceof NoSuchFileException) {
      why = "its folder " + folder + " does not exist";
    } else if (e instanceof AccessDeniedException) {
      why = "this user may not write it";
    } else if (why == null) {
      why = e.toString();
    }
    return new IOException(file + ": cannot be written: " + why + free(folder), e);
  }

  private static String free(Path folder) {
    try {
      long mib = Files.getFileStore(folder).getUsableSpace() >> 20;
      return mib > 64 ? "" : String.format(Locale.ROOT, "; %d MiB are free there", mib);
    } catch (IOException e) {
      return "";
    }
  }
}
