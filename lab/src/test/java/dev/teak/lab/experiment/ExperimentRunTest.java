package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
      new ExperimentRun(e, data, results, parallel, Progress.SILENT).run();
      return results.results();
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  void aResultHasWhatTheExperimentAsksFor() throws IOException {
    List<CellResult> results = run("a", SMALL, 1, false);
    assertEquals(
        SMALL.cells().stream().map(Cell::id).toList(),
        results.stream().map(r -> r.cell().id()).toList());
    CellResult masked = results.get(1);
    assertEquals(1, masked.epochs().size());
    Measured clean = masked.measured("clean").orElseThrow();
    assertEquals(80, clean.predictions().size());
    assertEquals(
        List.of("fgsm 0.1", "fgsm 0.2", "pgd 0.1", "pgd 0.2"),
        masked.attacked().stream().map(a -> a.attack() + " " + a.epsilon()).toList());
    for (UnderAttack a : masked.attacked()) {
      assertTrue(a.accuracy() <= a.cleanAccuracy() && a.low() <= a.accuracy(), a.toString());
      assertTrue(a.accuracy() <= a.high(), a.toString());
      assertEquals(a.images(), a.found().predictions().size());
    }
    Measured behind = masked.measured("masked").orElseThrow();
    assertEquals("random 0.3 fixed", behind.settings().get("mask"));
    assertTrue(results.get(0).measured("masked").isEmpty());
    assertEquals(2, masked.examples().size());
    assertTrue(results.get(2).examples().isEmpty(), "the second seed has no pictures");
    long right =
        IntStream.range(0, 80)
            .filter(i -> clean.predictions().get(i).equals(clean.labels().get(i)))
            .count();
    assertEquals(right / 80.0, masked.clean("accuracy"));
    assertEquals(5, text("a/results.csv").lines().count());
    assertEquals(5, text("a/weights.csv").lines().count());
    assertEquals("", text("a/measures.jsonl"));
  }

  @Test
  void theFilesDoNotDependOnHowManyCellsRunAtATime() throws IOException {
    run("one", SMALL, 1, false);
    run("three", SMALL, 3, false);
    for (String file : List.of("results.jsonl", "results.csv", "figures.csv", "weights.csv")) {
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
