package dev.teak.lab.experiment;

import java.util.List;

/**
 * Experiments that Teak brings beside those of papers, each a file of settings beside this class:
 * what {@code teak run NAME} runs where there is no file of that name.
 */
public final class NamedExperiments {
  /** Their names. A new one is added here. */
  public static final List<String> NAMES =
      List.of("cifar10-robust-hour", "cifar10-robust-parts", "mnist-robust-minutes");

  private NamedExperiments() {}

  /** One of {@link #NAMES} as a text, with its comments. */
  public static String text(String name) {
    return ExperimentFile.beside(NamedExperiments.class, name + ".yaml").orElseThrow();
  }
}
