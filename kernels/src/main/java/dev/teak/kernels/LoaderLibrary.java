package dev.teak.kernels;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks for libOpenCL before JOCL does: where it is missing, JOCL's native part writes to standard
 * error on its own, and every run on a machine without OpenCL would show that.
 */
final class LoaderLibrary {
  private static final List<String> USUAL =
      List.of("/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64", "/usr/local/lib64");

  private LoaderLibrary() {}

  /** Whether this is Linux and no folder of the dynamic linker has the library. */
  static boolean isMissing() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return false;
    }
    return folders().stream().noneMatch(LoaderLibrary::holds);
  }

  private static boolean holds(Path folder) {
    return Files.exists(folder.resolve("libOpenCL.so.1"))
        || Files.exists(folder.resolve("libOpenCL.so"));
  }

  private static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    addAll(System.getenv("LD_LIBRARY_PATH"), folders);
    addAll(System.getProperty("java.library.path"), folders);
    for (String usual : USUAL) {
      folders.add(Path.of(usual));
      folders.add(Path.of(usual, System.getProperty("os.arch") + "-linux-gnu"));
      folders.add(Path.of(usual, "x86_64-linux-gnu"));
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/etc/ld.so.conf.d"), "*.conf")) {
      for (Path file : files) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("/")) {
            folders.add(Path.of(line.strip()));
          }
        }
      }
    } catch (IOException e) {
      // Not every system has such a folder; the usual ones are on the list.
    }
    return folders;
  }

  private static void addAll(String path, List<Path> folders) {
    if (path == null) {
      return;
    }
    for (String folder : path.split(File.pathSeparator)) {
      if (!folder.isBlank()) {
        folders.add(Path.of(folder));
      }
    }
  }
}
