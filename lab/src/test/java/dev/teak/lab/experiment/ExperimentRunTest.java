package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunTest {
  @TempDir Path folder;

  private static final Experiment SMALL = ExperimentFile.parse("small", ExperimentFileTest.SMALL);

  private List<CellResult> run(String name, Experiment e, int parallel, boolean resume)
      throws IOException {
    Data data = Data.of(e, folder);
    try (ResultsFolder results =
        ResultsFolder.open(folder.resolve(name), e, List.of("device java"), "a test", resume)) {
      new ExperimentRun(e, data, results, parallel, (t, d, n, last) -> {}).run();
      return results.results();
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  void aResultHasWhatTheExperimentAsksFor() throws IOException {
    List<CellResult> results = run("a", SMALL, 1, false);
    assertEquals(SMALL.cells(), results.stream().map(CellResult::cell).toList());
    CellResult masked = results.get(1);
    assertEquals(1, masked.epochs().size());
    assertEquals(80, masked.predictions().clean().length());
    assertEquals(8, masked.predictions().attacked().length());
    assertEquals(
        List.of("fgsm 0.1", "fgsm 0.2", "pgd 0.1", "pgd 0.2"),
        masked.attacked().stream().map(a -> a.attack() + " " + a.epsilon()).toList());
    for (CellResult.Attacked a : masked.attacked()) {
      assertTrue(a.accuracy() <= a.cleanAccuracy() && a.low() <= a.accuracy(), a.toString());
      assertTrue(a.accuracy() <= a.high(), a.toString());
    }
    assertNotNull(masked.masked());
    assertEquals("random 0.3 fixed", masked.masked().mask());
    assertNull(results.get(0).masked());
    assertEquals(2, masked.examples().size());
    assertTrue(results.get(2).examples().isEmpty(), "the second seed has no pictures");
    long right = 0;
    for (int i = 0; i < 80; i++) {
      right +=
          masked.predictions().clean().charAt(i) == masked.predictions().labels().charAt(i) ? 1 : 0;
    }
    assertEquals(right / 80.0, masked.clean().accuracy());
    assertEquals(5, text("a/results.csv").lines().count());
  }

  @Test
  void theFilesDoNotDependOnHowManyCellsRunAtATime() throws IOException {
    run("one", SMALL, 1, false);
    run("three", SMALL, 3, false);
    for (String file : List.of("results.jsonl", "results.csv", "settings.yaml")) {
      assertEquals(text("one/" + file), text("three/" + file), file);
    }
  }

  @Test
  void aCutRunGoesOnToTheSameBytes() throws IOException {
    run("whole", SMALL, 1, false);
    Files.createDirectories(folder.resolve("cut"));
    Files.copy(folder.resolve("whole/settings.yaml"), folder.resolve("cut/settings.yaml"));
    String whole = text("whole/results.jsonl");
    int second = whole.indexOf('\n') + 1;
    // The second line is there to a half, as a kill in the middle of a write leaves it.
    Files.writeString(folder.resolve("cut/results.jsonl"), whole.substring(0, second + 100));
    run("cut", SMALL, 1, true);
    assertEquals(whole, text("cut/results.jsonl"));
    assertEquals(text("whole/results.csv"), text("cut/results.csv"));
  }

  @Test
  void resultsAreNeverOverwritten() throws IOException {
    run("a", SMALL, 1, false);
    String before = text("a/results.jsonl");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> run("a", SMALL, 1, false));
    assertTrue(e.getMessage().contains("--resume"), e.getMessage());
    assertEquals(before, text("a/results.jsonl"));
  }

  @Test
  void theFilesOfAnotherExperimentAreRefused() throws IOException {
    run("a", SMALL, 1, false);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> run("a", SMALL.withSeeds(1, 3), 1, true));
    assertTrue(e.getMessage().contains("another experiment: line"), e.getMessage());
    assertTrue(e.getMessage().contains("seeds: [1, 2, 3]"), e.getMessage());
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    run("a", SMALL, 1, false);
    Files.writeString(folder.resolve("a/results.jsonl"), "{}\nnonsense\n");
    IOException e = assertThrows(IOException.class, () -> run("a", SMALL, 1, true));
    assertTrue(e.getMessage().contains("results.jsonl: line 1 is not of"), e.getMessage());
    assertFalse(text("a/results.jsonl").isEmpty());
  }
}
