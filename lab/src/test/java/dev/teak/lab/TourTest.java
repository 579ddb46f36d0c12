package dev.teak.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every snippet of docs/tour as a reader would paste it into {@code ./teak shell}, and holds
 * what it prints against the block below it.
 */
class TourTest {
  private static final Path TOUR = Path.of("../docs/tour");

  /** A snippet, or what the one before it prints. */
  private static final Pattern BLOCK = Pattern.compile("```(java|text)\n(.*?)```", Pattern.DOTALL);

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  static Stream<Path> chapters() throws IOException {
    try (Stream<Path> files = Files.list(TOUR)) {
      return files
          .filter(f -> f.getFileName().toString().matches("\\d\\d-.*\\.md"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void thereAreElevenChaptersAndTheFirstPageNamesThem() throws IOException {
    String contents = Files.readString(TOUR.resolve("README.md"));
    assertEquals(11, chapters().count());
    chapters()
        .forEach(c -> assertTrue(contents.contains("(" + c.getFileName() + ")"), c.toString()));
  }

  @ParameterizedTest
  @MethodSource("chapters")
  void everySnippetRunsAndPrintsWhatTheChapterSays(Path chapter) throws IOException {
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      run(shell, imports());
      Matcher block = BLOCK.matcher(Files.readString(chapter));
      String printed = "";
      int snippets = 0;
      while (block.find()) {
        if (block.group(1).equals("java")) {
          assertEquals(
              "",
              printed,
              "the chapter does not tell what the snippet before prints:\n" + block.group());
          printed = run(shell, block.group(2));
          snippets++;
        } else {
          assertSays(block.group(2), printed);
          printed = "";
        }
      }
      assertEquals("", printed, "the chapter does not tell what its last snippet prints");
      assertTrue(snippets >= 3, "a chapter has some snippets");
    }
  }

  private static String imports() throws IOException {
    try (InputStream in = TourTest.class.getResourceAsStream("shell.jsh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Runs source line by line, as the shell does; gives what it printed. */
  private static String run(JShell shell, String source) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      String typed = "";
      for (String line : source.lines().toList()) {
        typed = evaluated(shell, typed.isBlank() ? line : typed + "\n" + line);
      }
      String left = typed;
      assertTrue(left.isBlank(), () -> "this does not end: " + left);
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  /**
   * Evaluates what is complete of the lines so far, as the shell does after each: a statement may
   * end without its semicolon, so that the next line cannot go on with it.
   *
   * @return what is not complete
   */
  private static String evaluated(JShell shell, String typed) {
    String rest = typed;
    while (!rest.isBlank()) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (!next.completeness().isComplete()) {
        return next.remaining();
      }
      for (SnippetEvent event : shell.eval(next.source())) {
        requireDone(shell, event);
      }
      rest = next.remaining();
    }
    return rest;
  }

  private static void requireDone(JShell shell, SnippetEvent event) {
    List<String> problems = new ArrayList<>();
    shell
        .diagnostics(event.snippet())
        .filter(d -> d.isError())
        .forEach(d -> problems.add(d.getMessage(null)));
    if (event.exception() != null) {
      problems.add(event.exception().toString() + ": " + event.exception().getMessage());
    }
    boolean done =
        event.status() == Snippet.Status.VALID || event.status() == Snippet.Status.OVERWRITTEN;
    assertTrue(
        done && problems.isEmpty(),
        () -> event.snippet().source() + "\n" + event.status() + " " + problems);
  }

  private static void assertSays(String expected, String actual) {
    List<String> wanted = expected.lines().toList();
    List<String> lines = actual.lines().toList();
    assertEquals(
        wanted.size(), lines.size(), () -> "expected\n" + expected + "\nbut it printed\n" + actual);
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).contains("about")) {
        assertAbout(wanted.get(i), lines.get(i));
      } else {
        assertEquals(wanted.get(i), lines.get(i));
      }
    }
  }

  /** The same words, and numbers within a sixth of those that are written. */
  private static void assertAbout(String expected, String actual) {
    assertEquals(NUMBER.matcher(expected).replaceAll("#"), NUMBER.matcher(actual).replaceAll("#"));
    Matcher a = NUMBER.matcher(expected);
    Matcher b = NUMBER.matcher(actual);
    while (a.find() && b.find()) {
      double wanted = Double.parseDouble(a.group());
      assertEquals(wanted, Double.parseDouble(b.group()), Math.abs(wanted) / 6, actual);
    }
  }
}
