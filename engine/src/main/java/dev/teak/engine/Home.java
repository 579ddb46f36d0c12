package dev.teak.engine;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The user's home folder, in which caches are, and which a path may name as {@code ~}. */
public final class Home {
  private Home() {}

  /**
   * {@code $HOME}, else what Java knows of the user; empty where neither names a folder, as for a
   * user without an entry in the system's list. Whether it exists is not looked at.
   */
  public static Optional<Path> folder() {
    return folder(System.getenv("HOME"), System.getProperty("user.home"));
  }

  static Optional<Path> folder(String environment, String property) {
    return Stream.of(environment, property)
        .filter(home -> home != null && !home.isBlank())
        .filter(home -> !home.equals("?")) // Java's word for the home of a user it cannot find
        .findFirst()
        .map(Path::of);
  }

  /**
   * A path in which a first part {@code ~} stands for the home folder. A shell puts it in only at
   * the start of a word, so not in {@code --out=~/a}, and nobody does where a file sets a variable.
   *
   * @throws IllegalArgumentException if it begins with another user's home, as {@code ~ann/a}, or
   *     with {@code ~} where there is no home folder, or is no path at all
   */
  public static Path resolve(String path) {
    if (!path.startsWith("~")) {
      return Path.of(path);
    }
    if (!path.equals("~") && !path.startsWith("~/")) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' begins with another user's home folder, which is not looked up; write it out, or"
              + " ./"
              + path
              + " for a file of this name");
    }
    return folder()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + path + "' begins with the home folder, and there is none; set HOME"))
        .resolve(path.replaceFirst("^~/*", ""));
  }
}
