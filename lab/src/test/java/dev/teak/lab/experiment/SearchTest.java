package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Training;
import dev.teak.engine.Shape;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Pixels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {
  @TempDir Path folder;

  private static final Search GRID =
      new Search(
          "mlp",
          Training.parse("random 0.3"),
          Search.Method.GRID,
          List.of(0.1, 0.4),
          List.of(0.001),
          List.of(32, 64),
          null,
          1);

  private static Search random(int trials) {
    return new Search(
        "mlp",
        Training.parse("random 0.3 exact; noise 0.01"),
        Search.Method.RANDOM,
        List.of(0.1, 0.6),
        List.of(1e-4, 1e-2),
        List.of(32, 64),
        trials,
        1);
  }

  @Test
  void aGridHasEveryCombination() {
    assertEquals(
        List.of(
            "mlp; random 0.1; lr 0.001, batch 32; seed 7",
            "mlp; random 0.1; lr 0.001, batch 64; seed 7",
            "mlp; random 0.4; lr 0.001, batch 32; seed 7",
            "mlp; random 0.4; lr 0.001, batch 64; seed 7"),
        GRID.cells(7).stream().map(Cell::id).toList());
  }

  @Test
  void aRandomSearchStaysInItsRangesAndDependsOnTheSeedAlone() {
    List<Cell> cells = random(40).cells(1);
    assertEquals(cells, random(40).cells(1));
    assertEquals(40, cells.stream().map(Cell::id).distinct().count());
    for (Cell c : cells) {
      assertTrue(c.ratio() >= 0.1 && c.ratio() <= 0.6, c.id());
      assertTrue(c.lr() >= 1e-4 && c.lr() <= 1e-2, c.id());
      assertTrue(List.of(32, 64).contains(c.batch()), c.id());
      assertTrue(c.training().endsWith("exact; noise 0.01"), c.id());
    }
    // The logarithm is uniform: of 40, about half are below 1e-3, and 3 to 37 but for 1 in 1e7.
    long small = cells.stream().filter(c -> c.lr() < 1e-3).count();
    assertTrue(small >= 4 && small <= 36, small + " of 40");
  }

  @Test
  void theFirstOfTheBestIsChosen() {
    List<Cell> cells = GRID.cells(1);
    List<Search.Trial> trials =
        List.of(
            new Search.Trial(cells.get(0), 0.8),
            new Search.Trial(cells.get(1), 0.9),
            new Search.Trial(cells.get(2), 0.9));
    assertEquals(cells.get(1), Search.best(trials).cell());
  }

  @Test
  void aSearchWithoutARatioOrTrialsIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Search(
                "mlp",
                Training.PLAIN,
                Search.Method.GRID,
                List.of(0.1),
                List.of(0.1),
                List.of(1),
                null,
                1));
    assertThrows(IllegalArgumentException.class, () -> random(0));
  }

  /** Test images that nobody may look at: whoever does is told so. */
  private static final class Forbidden implements Pixels {
    @Override
    public int length() {
      return 28 * 28;
    }

    @Override
    public void read(int from, float[] to, int at, int n) {
      throw new AssertionError("a search looked at the test set");
    }
  }

  @Test
  void theSearchNeverSeesTheTestSet() throws Exception {
    Experiment small = ExperimentFile.parse("small", ExperimentFileTest.SMALL);
    Experiment e = small.with(GRID);
    Data data = Data.of(e, folder);
    Examples forbidden = new Examples(new Forbidden(), new int[1], Shape.of(28, 28, 1));
    Data guarded = new Data(data.learning(), forbidden, 10);
    try (ResultsFolder results =
        ResultsFolder.open(folder.resolve("out"), e, List.of(), "a test", false)) {
      ExperimentRun run = new ExperimentRun(e, guarded, results, 1, (t, d, n, last) -> {});
      // Every trial is made; the first cell, which does look, then ends the run.
      AssertionError seen = assertThrows(AssertionError.class, run::run);
      assertEquals("a search looked at the test set", seen.getMessage());
    }
    List<String> trials = Files.readAllLines(folder.resolve("out/search.jsonl"));
    assertEquals(4, trials.size());
    assertEquals(0, Files.size(folder.resolve("out/results.jsonl")));
  }
}
