package dev.teak.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by the one process that writes a file or a folder over time: a small file {@code
 * .NAME.lock}, in which stands who holds it, and which the system locks. The lock of a process that
 * died is nobody's at once; its file is taken over.
 */
public final class WriterLock implements AutoCloseable {
  private static final int MOST_BYTES = 200;

  /** Held by this process, which the system's lock does not tell from itself. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OWN.forEach(WholeFile::deleteQuietly), "locks"));
  }

  private final Path path;
  private final FileChannel channel;

  private WriterLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the lock of a file, which need not be there, or of a folder, which must.
   *
   * @throws IOException if somebody holds it, saying who, or if no file can be made there
   */
  public static WriterLock of(Path what) throws IOException {
    Path lock = path(what);
    if (!OWN.add(lock)) {
      throw held(what, "this process");
    }
    try {
      while (true) {
        Object before = key(lock);
        FileChannel channel = open(lock);
        try {
          FileLock locked = channel.tryLock();
          if (locked == null) {
            throw held(what, owner(channel));
          }
          Object after = key(lock);
          if (after != null && (before == null || before.equals(after))) {
            sign(channel);
            return new WriterLock(lock, channel);
          }
        } catch (IOException | RuntimeException | Error e) {
          channel.close();
          throw e;
        }
        channel.close(); // its owner had just deleted it
      }
    } catch (IOException | RuntimeException | Error e) {
      OWN.remove(lock);
      throw e;
    }
  }

  private static Path path(Path what) throws IOException {
    if (Files.isDirectory(what)) {
      return what.toRealPath().resolve(".lock");
    }
    Path file = WholeFile.behindLinks(what);
    Path folder = file.toAbsolutePath().getParent().toRealPath();
    return folder.resolve("." + file.getFileName() + ".lock");
  }

  /** What tells a file from another that stood under the same name; null where there is none. */
  private static Object key(Path lock) throws IOException {
    try {
      BasicFileAttributes is =
          Files.readAttributes(lock, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return is.fileKey() == null ? lock : is.fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static FileChannel open(Path lock) throws IOException {
    return FileChannel.open(
        lock,
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS);
  }

  private static void sign(FileChannel channel) throws IOException {
    String who =
        "process "
            + ProcessHandle.current().pid()
            + " since "
            + LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(who.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static String owner(FileChannel channel) throws IOException {
    byte[] who = Channels.newInputStream(channel).readNBytes(MOST_BYTES);
    String text = new String(who, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    return text.isEmpty() ? "another process" : text;
  }

  private static IOException held(Path what, String by) {
    return new IOException(
        what + ": is being written by " + by + "; wait until it ends, or choose another name");
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try (channel) {
        Files.deleteIfExists(path); // while it is locked: nobody else has taken it
      } finally {
        OWN.remove(path);
      }
    }
  }
}
