package dev.teak.lab.cli;

import dev.teak.lab.data.DataSource;
import dev.teak.lab.data.DataSources;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Settings;
import java.util.List;

/** Checks of option values that end in a wrong call, said in one line. */
final class Options {
  private Options() {}

  static void known(String what, String name, List<String> names) {
    if (!names.contains(name)) {
      throw new UsageException(
          "there is no " + what + " '" + name + "'; choose " + String.join(", ", names));
    }
  }

  /** The data set that {@code --data} names. */
  static DataSource data(String text) {
    try {
      return DataSources.read(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--data " + e.getMessage());
    }
  }

  /** The model that {@code --model} names, or whose layers it lists. */
  static Architecture model(String text) {
    try {
      return Settings.parse(Architecture.class, text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--model " + e.getMessage());
    }
  }

  static void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new UsageException(option + " " + value + ": must be " + least + " or more");
    }
  }

  static void nonNegative(String option, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new UsageException(option + " " + value + ": must be 0 or more, and finite");
    }
  }
}
