package dev.teak.lab.experiment;

import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.SettingsException;
import dev.teak.nn.settings.Written;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Experiments as YAML: from a file, from a text, and back. */
public final class ExperimentFile {
  /** What keys were called once, and are now. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "epochs", "training: {epochs: N}",
          "batch", "training: {batch: N}",
          "lr", "training: {optimizer: adam lr=X}",
          "attacks", "measures: [attacked pgd(steps=40) epsilons=[0.1,0.3] images=100]");

  private ExperimentFile() {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException saying what is wrong in which line, and what would be right
   */
  public static Experiment read(Path file) throws IOException {
    return parse(file.toString(), text(file));
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new SettingsException(file + ": is no text in UTF-8");
    }
  }

  /** As {@link #read}, of a text from some source. */
  public static Experiment parse(String source, String text) {
    return Settings.read(Experiment.class, renamed(YamlFile.read(source, text)));
  }

  /** The text of a file that a jar has beside a class; empty where it has none of that name. */
  public static Optional<String> beside(Class<?> owner, String file) {
    try (InputStream in = owner.getResourceAsStream(file)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /**
   * Reads a phase alone.
   *
   * @throws IllegalArgumentException as {@link #read}
   */
  public static Phase phase(Path file) throws IOException {
    return Settings.read(Phase.class, YamlFile.read(file.toString(), text(file)));
  }

  /** Complains of what was called otherwise before recipes had phases. */
  private static Written renamed(Written experiment) {
    if (experiment instanceof Written.Mapping m) {
      m.entries()
          .forEach(
              (key, entry) -> {
                if (RENAMED.containsKey(key)) {
                  throw entry.key().wrong("'" + key + "' is written " + RENAMED.get(key) + " now");
                }
              });
    }
    return experiment;
  }

  /** A text that {@link #parse} takes back. */
  public static String write(Experiment experiment) {
    return YamlFile.write(experiment);
  }
}
