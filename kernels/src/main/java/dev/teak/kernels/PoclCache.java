package dev.teak.kernels;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The folder in which PoCL keeps what it compiles, and whose files it loads unread: a torn one ends
 * the JVM. A folder of our own ({@code pocl} in the cache of Teak, where the launcher sends PoCL)
 * therefore has a list of its files' checksums, written when a process ends. The next one deletes
 * what does not stand there as it is: what was torn, and what a killed process may not have
 * finished. Others' folders are left alone.
 */
final class PoclCache {
  private static final String LIST = "files.txt";
  private static final String LOCK = "lock";

  private final Path folder;

  PoclCache(Path folder) {
    this.folder = folder;
  }

  /** Makes PoCL's folder fit for use, and has its files listed at the end, if it is our own. */
  static void guard(Map<String, String> environment) {
    Path folder = folder(environment).toAbsolutePath().normalize();
    if (folder.equals(ProgramCache.defaultFolder().resolve("pocl").toAbsolutePath().normalize())) {
      PoclCache cache = new PoclCache(folder);
      cache.open();
      Runtime.getRuntime().addShutdownHook(new Thread(cache::list, "teak-pocl-cache"));
    }
  }

  /** Makes PoCL's folder again where it is missing: PoCL does so only when it starts. */
  static void restore(Map<String, String> environment) {
    try {
      Files.createDirectories(folder(environment));
    } catch (IOException e) {
      // Then the driver says what it misses.
    }
  }

  /** Where PoCL looks, in its order. */
  static Path folder(Map<String, String> environment) {
    String own = environment.get("POCL_CACHE_DIR");
    if (own != null) {
      return Path.of(own);
    }
    String caches = environment.get("XDG_CACHE_HOME");
    Path parent =
        caches != null && !caches.isEmpty()
            ? Path.of(caches)
            : Path.of(environment.getOrDefault("HOME", "/tmp"), ".cache");
    return parent.resolve("pocl").resolve("kcache");
  }

  /**
   * Deletes what is not known, unless another process is at work here, which did so itself; then
   * marks this one as at work.
   */
  void open() {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try (FileLock alone = channel.tryLock()) {
        if (alone != null) {
          sweep();
        }
      }
      channel.lock(0, Long.MAX_VALUE, true); // held until the process ends
    } catch (IOException e) {
      // A folder that cannot be written is PoCL's to complain of.
    }
  }

  /** Deletes every file that is not listed as it is, with all that PoCL made of that program. */
  void sweep() throws IOException {
    Set<String> known = new HashSet<>();
    if (Files.exists(folder.resolve(LIST))) {
      known.addAll(Files.readAllLines(folder.resolve(LIST), StandardCharsets.ISO_8859_1));
    }
    Map<Path, List<Path>> programs =
        files().stream().collect(Collectors.groupingBy(this::program, Collectors.toList()));
    for (Map.Entry<Path, List<Path>> program : programs.entrySet()) {
      for (Path file : program.getValue()) {
        if (!known.contains(line(file))) {
          delete(program.getKey());
          break;
        }
      }
    }
  }

  /** Writes down the checksums of all files. */
  void list() {
    try {
      Map<String, String> lines = new TreeMap<>();
      for (Path file : files()) {
        lines.put(file.toString(), line(file));
      }
      Path temporary = Files.createTempFile(folder, "files", ".tmp");
      Files.write(temporary, lines.values(), StandardCharsets.ISO_8859_1);
      Files.move(
          temporary,
          folder.resolve(LIST),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // The next process compiles again.
    }
  }

  /** PoCL's files, but those that say only when: {@code AB/CDEF.../kernel/size/kernel.so}. */
  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !f.getFileName().toString().equals("last_accessed"))
          .filter(f -> !f.equals(folder.resolve(LIST)) && !f.equals(folder.resolve(LOCK)))
          .toList();
    }
  }

  /** The folder of a file's program, or the file where it is in none. */
  private Path program(Path file) {
    Path inside = folder.relativize(file);
    return folder.resolve(inside.subpath(0, Math.min(2, inside.getNameCount())));
  }

  private String line(Path file) throws IOException {
    CRC32 crc = new CRC32();
    byte[] content = Files.readAllBytes(file);
    crc.update(content);
    return String.format(
        Locale.ROOT, "%08x %d %s", crc.getValue(), content.length, folder.relativize(file));
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
