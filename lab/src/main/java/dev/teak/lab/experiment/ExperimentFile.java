package dev.teak.lab.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Experiments as YAML: from a file, from the ones that Teak brings, and back. */
public final class ExperimentFile {
  /** The sizes of each experiment that Teak brings. */
  public static final List<String> SIZES = List.of("smoke", "short", "paper");

  /** The experiments that Teak brings. */
  public static final List<String> NAMES = List.of("feature-masking");

  private ExperimentFile() {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException saying what is wrong in which line, and what would be right
   */
  public static Experiment read(Path file) throws IOException {
    return parse(file.toString(), Files.readString(file));
  }

  /** As {@link #read}, of a text from some source. */
  public static Experiment parse(String source, String text) {
    return YamlRecords.read(source, text, Experiment.class);
  }

  /** A text that {@link #parse} takes back. */
  public static String write(Experiment experiment) {
    return YamlRecords.write(experiment);
  }

  /** An experiment that Teak brings. */
  public static Experiment named(String name, String size) {
    return parse(name + " --size " + size, text(name, size));
  }

  /**
   * The text of an experiment that Teak brings, with its comments.
   *
   * @param name of {@link #NAMES}
   * @param size of {@link #SIZES}
   */
  public static String text(String name, String size) {
    String file = name + "-" + size + ".yaml";
    try (InputStream in = ExperimentFile.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "there is no experiment '"
                + name
                + "' of size '"
                + size
                + "'; there are "
                + NAMES
                + " of the sizes "
                + SIZES);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
