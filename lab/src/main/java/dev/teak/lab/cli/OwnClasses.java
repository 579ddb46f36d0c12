package dev.teak.lab.cli;

import dev.teak.engine.Home;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A user's own classes: defenses, attacks, models, measures and data sets in jars or folders, named
 * by {@code --classpath} or {@code TEAK_CLASSPATH}. What their {@code META-INF/services} names can
 * stand wherever one of Teak's own can.
 */
final class OwnClasses {
  /** As javac has it: several with the system's separator between. */
  static final String OPTION = "--classpath";

  private OwnClasses() {}

  /**
   * Puts what a command line and the environment name within reach of this thread and of those that
   * it starts.
   *
   * @throws UsageException if one of them is not there
   */
  static void load(String... args) {
    List<URL> urls = new ArrayList<>();
    add(urls, "TEAK_CLASSPATH", System.getenv("TEAK_CLASSPATH"));
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals(OPTION) && i + 1 < args.length) {
        add(urls, OPTION, args[i + 1]);
      } else if (args[i].startsWith(OPTION + "=")) {
        add(urls, OPTION, args[i].substring(OPTION.length() + 1));
      }
    }
    if (!urls.isEmpty()) {
      ClassLoader parent = OwnClasses.class.getClassLoader();
      Thread.currentThread()
          .setContextClassLoader(new URLClassLoader(urls.toArray(URL[]::new), parent));
    }
  }

  private static void add(List<URL> urls, String from, String paths) {
    if (paths == null || paths.isBlank()) {
      return;
    }
    for (String each : paths.split(File.pathSeparator)) {
      Path path = Home.resolve(each);
      if (!Files.exists(path)) {
        throw new UsageException(from + ": " + path + ": there is no such jar or folder");
      }
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new UsageException(from + ": " + path + ": " + e.getMessage());
      }
    }
  }
}
