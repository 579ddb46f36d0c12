package dev.teak.lab.cli;

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
