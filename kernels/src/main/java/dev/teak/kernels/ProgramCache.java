package dev.teak.kernels;

import dev.teak.engine.Home;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Compiled kernel files on disk, so that the next run need not compile them. A file's name is the
 * digest of all that its content hangs on: source, options, device, driver. Its first bytes are the
 * digest of the rest: whatever is torn, foreign or stale is passed over and written anew. Files are
 * written beside their place and moved there whole, so two processes may write at once. A cache
 * that cannot be written costs time, never the work.
 */
final class ProgramCache {
  private static final int DIGEST_BYTES = 32;
  private static final Path HOMELESS =
      Path.of(System.getProperty("java.io.tmpdir"), "teak-" + UUID.randomUUID());

  private final Path folder;
  private final String device;

  /**
   * @param folder where the files are, made when the first is written
   * @param device device and driver, by name and version
   */
  ProgramCache(Path folder, String device) {
    this.folder = folder;
    this.device = device;
  }

  /**
   * The folder of all that is remembered of OpenCL devices: {@code $TEAK_CACHE}, else {@code
   * ~/.cache/teak/opencl}. For a user without a home folder it is a temporary one of this process,
   * for what lies there is run: a name that others know, they could have put their own files under.
   */
  static Path defaultFolder() {
    String set = System.getenv("TEAK_CACHE");
    return set != null && !set.isBlank()
        ? Home.resolve(set)
        : Home.folder().map(home -> home.resolve(".cache/teak/opencl")).orElse(HOMELESS);
  }

  /** What the compiled form of a source is kept under. */
  String key(String source, String options) {
    MessageDigest digest = sha256();
    for (String part : new String[] {source, options, device}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What was written under this key, or null where there is nothing whole. */
  byte[] read(String key) {
    try {
      byte[] file = Files.readAllBytes(file(key));
      if (file.length <= DIGEST_BYTES) {
        return null;
      }
      byte[] content = Arrays.copyOfRange(file, DIGEST_BYTES, file.length);
      byte[] digest = Arrays.copyOf(file, DIGEST_BYTES);
      return MessageDigest.isEqual(digest, sha256().digest(content)) ? content : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Keeps a compiled form; says nothing where the disk does not take it. */
  void write(String key, byte[] content) {
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "program", ".tmp");
      try {
        byte[] digest = sha256().digest(content);
        Files.write(
            temporary,
            ByteBuffer.allocate(digest.length + content.length).put(digest).put(content).array());
        Files.move(
            temporary,
            file(key),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The next run compiles again.
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".bin");
  }
}
