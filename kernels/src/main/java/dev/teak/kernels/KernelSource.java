package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * A kernel file as the compiler gets it: what it includes stands in its place, once, and every line
 * still knows the file that it came from, so that a build log names files that are there.
 */
final class KernelSource {
  private static final String INCLUDE = "#include \"";

  private final Set<String> seen = new HashSet<>();
  private final StringBuilder text = new StringBuilder();

  private KernelSource() {}

  /** The whole text of a file of this package, given without {@code .cl}. */
  static String of(String file) {
    KernelSource source = new KernelSource();
    source.add(file + ".cl");
    return source.text.toString();
  }

  private void add(String file) {
    if (!seen.add(file)) {
      return;
    }
    mark(1, file);
    int number = 0;
    for (String line : read(file).split("\n", -1)) {
      number++;
      if (line.startsWith(INCLUDE)) {
        add(line.substring(INCLUDE.length(), line.lastIndexOf('"')));
        mark(number + 1, file);
      } else {
        text.append(line).append('\n');
      }
    }
  }

  private void mark(int line, String file) {
    text.append("#line ").append(line).append(" \"").append(file).append("\"\n");
  }

  private static String read(String file) {
    try (InputStream in = KernelSource.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new DeviceException("kernel file " + file + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DeviceException("kernel file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
