package dev.teak.lab.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * Help whose lines are broken at blanks alone. Picocli breaks them by the rules of prose, which
 * tear {@code ~/.cache} and {@code FILE.safetensors} apart; so it is made to break none.
 */
final class HelpText {
  private static final int WIDTH = 80;

  /** Wider than any line before it is broken. */
  private static final int UNBROKEN = 4000;

  /** What stands before a line's text: a command's name, blanks, or an option and blanks. */
  private static final Pattern BEFORE_TEXT = Pattern.compile("Usage: [a-z ]+| *(\\S.*? {2,})?");

  private HelpText() {}

  /** Has a command, and those below it, print such help. */
  static CommandLine of(CommandLine command) {
    return command.setUsageHelpWidth(UNBROKEN).setExecutionStrategy(HelpText::run);
  }

  private static int run(ParseResult parsed) {
    for (CommandLine command : parsed.asCommandLineList()) {
      if (command.isUsageHelpRequested()) {
        command.getOut().print(wrapped(command.getUsageMessage()));
        command.getOut().flush();
        return CommandLine.ExitCode.OK;
      }
    }
    return new RunLast().execute(parsed);
  }

  private static String wrapped(String text) {
    return text.lines().map(HelpText::wrappedLine).collect(Collectors.joining("\n", "", "\n"));
  }

  /** Broken where it is too long, what follows below the beginning of its text. */
  private static String wrappedLine(String line) {
    Matcher before = BEFORE_TEXT.matcher(line);
    int column = before.lookingAt() ? before.end() : 0;
    StringBuilder wrapped = new StringBuilder();
    String rest = line;
    while (rest.length() > WIDTH) {
      int blank = rest.lastIndexOf(' ', WIDTH);
      if (blank <= column) {
        break; // a word that is longer than a line
      }
      wrapped.append(rest, 0, blank).append('\n');
      rest = " ".repeat(column) + rest.substring(blank + 1);
    }
    return wrapped.append(rest).toString();
  }
}
