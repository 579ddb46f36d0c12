package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The help of every command, as a terminal of 80 columns shows it. */
class HelpTextTest extends Calls {
  static Stream<CommandSpec> commands() {
    return below(new CommandLine(new Main()));
  }

  private static Stream<CommandSpec> below(CommandLine command) {
    return Stream.concat(
        Stream.of(command.getCommandSpec()),
        command.getSubcommands().values().stream().flatMap(HelpTextTest::below));
  }

  private List<String> help(CommandSpec command) {
    assertEquals(0, teak(command.qualifiedName().substring("teak".length()).strip() + " --help"));
    return out.toString().lines().toList();
  }

  private static List<String> descriptions(CommandSpec command) {
    List<String> all = new ArrayList<>(List.of(command.usageMessage().description()));
    args(command).forEach(arg -> all.addAll(List.of(arg.description())));
    return all;
  }

  private static Stream<ArgSpec> args(CommandSpec command) {
    return Stream.concat(command.options().stream(), command.positionalParameters().stream());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void noLineIsTooLongAndNoWordIsTorn(CommandSpec command) {
    Set<String> words = new HashSet<>();
    for (String line : help(command)) {
      assertTrue(line.length() <= 80, line);
      words.addAll(List.of(line.strip().split(" +")));
    }
    for (String description : descriptions(command)) {
      for (String word : description.strip().split(" ")) {
        // What picocli puts numbers into is another word by then.
        assertTrue(word.contains("$") || words.contains(word.replace("%%", "%")), word);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatIsSaidOfAnOptionIsOneParagraph(CommandSpec command) {
    args(command).forEach(arg -> assertTrue(arg.description().length <= 1, arg::paramLabel));
  }

  /** It stands in the list of commands by itself. */
  @ParameterizedTest
  @MethodSource("commands")
  void theFirstThingThatIsSaidOfACommandIsASentence(CommandSpec command) {
    String[] description = command.usageMessage().description();
    assertTrue(description.length <= 2, "a sentence, and what is to be known besides");
    assertTrue(description[0].endsWith("."), description[0]);
  }
}
