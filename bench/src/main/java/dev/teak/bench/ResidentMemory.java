package dev.teak.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The process's resident memory as the kernel counts it, which sees what a native library allocates
 * and the Java heap's own counters do not. Linux only.
 */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private ResidentMemory() {}

  /** The most bytes that were resident at once since the process began; empty where unknown. */
  public static OptionalLong peakBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(PEAK))
          .mapToLong(line -> kibibytes(line) * 1024)
          .findFirst();
    } catch (IOException | NumberFormatException notLinux) {
      return OptionalLong.empty();
    }
  }

  /** {@code "VmHWM: 123456 kB"} -> 123456. */
  private static long kibibytes(String line) {
    return Long.parseLong(line.substring(PEAK.length()).replace("kB", "").trim());
  }
}
