package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and console must not depend on the user's language: digits, commas, capital letters. */
@Timeout(300)
class LocaleTest extends Calls {
  private static final List<String> ENGLISH = List.of("-Duser.language=en", "-Duser.country=US");
  private static final List<String> ARABIC = List.of("-Duser.language=ar", "-Duser.country=EG");

  private Process start(List<String> locale, String line) throws IOException {
    return new ProcessBuilder(command(locale, line))
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String call(List<String> locale, String line) throws Exception {
    int status = start(locale, line).waitFor();
    assertEquals(0, status, () -> text("err"));
    return withoutTimes(text("out"));
  }

  private String text(String file) {
    try {
      return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Seconds on the console and in JSON, and checksums of lines that have some. */
  private static String withoutTimes(String text) {
    return text.replaceAll("[0-9.]+ s\\b", "T s")
        .replaceAll("\"seconds\" ?: ?[0-9.Ee-]+", "\"seconds\": T")
        .replaceAll("(\"seconds\": T.*\"crc32c\":)\"[0-9a-f]{8}\"", "$1 of T")
        .replaceAll("(?m)^((?:fgsm|pgd) +[0-9.]+%) +[0-9.]+", "$1 T");
  }

  @ParameterizedTest
  @CsvSource({"ar, EG", "de, DE", "tr, TR"})
  void resultsAndStatesAreTheSameInAnyLanguage(String language, String country) throws Exception {
    train();
    List<String> locale = List.of("-Duser.language=" + language, "-Duser.country=" + country);
    String call =
        "evaluate --data synthetic --weights DIR/m.safetensors --threat linf:0.1 --protocol quick"
            + " --limit 30 --check-images 10 --device java --json DIR/%1$s.json --state DIR/%1$s";
    String here = call(ENGLISH, call.replace("%1$s", "here"));
    assertEquals(here, call(locale, call.replace("%1$s", "there")));
    assertEquals(withoutTimes(text("here")), withoutTimes(text("there")));
    assertEquals(withoutTimes(text("here.json")), withoutTimes(text("there.json")));
    assertTrue(here.contains("30 images") && here.contains("% "), here);
  }

  @Test
  void aTrainingThatWasKilledGoesOnInAnotherLanguage() throws Exception {
    String call =
        "train --data synthetic --model mlp --epochs 8 --limit 600 --batch 4 --device java --out"
            + " DIR/";
    assertEquals(0, teak(call + "whole"), err.toString());
    Path state = folder.resolve("killed.resume");
    Process killed = start(ARABIC, call + "killed");
    while (killed.isAlive() && !Files.exists(state)) {
      Thread.sleep(1);
    }
    killed.destroyForcibly().waitFor();
    assertTrue(Files.exists(state), "killed too late to say anything: " + text("err"));
    call(ENGLISH, call + "killed --resume");
    assertTrue(text("err").contains("train mlp: going on after epoch "), text("err"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole")), Files.readAllBytes(folder.resolve("killed")));
  }
}
