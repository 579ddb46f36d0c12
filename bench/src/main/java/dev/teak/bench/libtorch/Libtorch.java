package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import java.util.Locale;

/**
 * Loads libtorch through DJL, without touching the network: DJL takes the native library from the
 * class path and unpacks it into its cache folder, {@code ~/.djl.ai} unless {@code DJL_CACHE_DIR}
 * says otherwise (about 450 MB, once).
 */
public final class Libtorch {
  /** Says in one line why libtorch is not to be had on this machine. */
  public static final class Absent extends Exception {
    private static final long serialVersionUID = 1;

    Absent(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private Libtorch() {}

  /**
   * Opens libtorch with as many threads as the JVM sees cores.
   *
   * @throws Absent when the machine is no x86-64 Linux, or the library does not load
   */
  public static LibtorchWorks open() throws Absent {
    requireLinuxX86();
    setUnlessGiven("ai.djl.offline", "true");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    setUnlessGiven(
        "ai.djl.pytorch.num_threads", Integer.toString(Runtime.getRuntime().availableProcessors()));
    try {
      Engine engine = Engine.getEngine("PyTorch");
      return new LibtorchWorks(engine);
    } catch (RuntimeException | LinkageError unloadable) {
      throw new Absent(
          "libtorch does not load (is pytorch-native-cpu on the class path?): "
              + rootMessage(unloadable),
          unloadable);
    }
  }

  private static void requireLinuxX86() throws Absent {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    boolean linux = os.toLowerCase(Locale.ROOT).startsWith("linux");
    if (!linux || !(arch.equals("amd64") || arch.equals("x86_64"))) {
      throw new Absent(
          "libtorch is compared on x86-64 Linux only, this is %s %s".formatted(os, arch), null);
    }
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
    return text.lines().findFirst().orElse(root.getClass().getName());
  }
}
