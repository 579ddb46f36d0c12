package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTest {
  private static final Path HOME = Home.folder().orElseThrow();

  @ParameterizedTest
  @CsvSource({
    "/home/ann, /home/bob, /home/ann",
    ", /home/bob, /home/bob",
    "'', /home/bob, /home/bob",
    "/home/ann, ?, /home/ann",
    "/home/ann, , /home/ann",
    "?, /home/bob, /home/bob",
    ", ?,",
    ", ,",
    "'', '',"
  })
  void theEnvironmentIsAskedBeforeJava(String environment, String property, Path expected) {
    assertEquals(Optional.ofNullable(expected), Home.folder(environment, property));
  }

  @Test
  void aTildeIsTheHomeFolder() {
    assertEquals(HOME, Home.resolve("~"));
    assertEquals(HOME, Home.resolve("~/"));
    assertEquals(HOME.resolve("a/b"), Home.resolve("~/a/b"));
    assertEquals(HOME.resolve("a"), Home.resolve("~//a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/a", "a/~/b", "./~", "./~/b", ""})
  void otherPathsStayAsTheyAre(String path) {
    assertEquals(Path.of(path), Home.resolve(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"~ann", "~ann/a", "~~"})
  void anotherUsersHomeIsRefused(String path) {
    String said =
        assertThrows(IllegalArgumentException.class, () -> Home.resolve(path)).getMessage();
    assertTrue(said.startsWith("'" + path + "' begins with another user's home folder"), said);
    assertTrue(said.contains("./" + path + " for a file of this name"), said);
  }
}
