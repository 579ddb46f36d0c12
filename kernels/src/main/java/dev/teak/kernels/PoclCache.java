package dev.teak.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder in which PoCL keeps what it compiles. PoCL makes it once, when it starts; where
 * somebody deletes it afterwards, no kernel of this process would build any more.
 */
final class PoclCache {
  private PoclCache() {}

  /** Makes the folder again where it is missing. */
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
}
