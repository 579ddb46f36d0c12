package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Images;
import dev.teak.nn.train.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {
  @TempDir Path folder;

  private static final Search GRID =
      new Search(
          Settings.parse(Architecture.class, "mlp"),
          Experiment.Defenses.parse("random 0.3"),
          Search.Method.GRID,
          List.of(0.1, 0.4),
          List.of(0.001),
          List.of(32, 64),
          null,
          1);

  private static Search random(int trials) {
    return new Search(
        Settings.parse(Architecture.class, "mlp"),
        Experiment.Defenses.parse("random 0.3 exact; noise 0.01"),
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
        GRID.cells(7, Phase.DEFAULTS).stream().map(Cell::id).toList());
  }

  @Test
  void aRandomSearchStaysInItsRangesAndDependsOnTheSeedAlone() {
    List<Cell> cells = random(40).cells(1, Phase.DEFAULTS);
    assertEquals(cells, random(40).cells(1, Phase.DEFAULTS));
    assertEquals(40, cells.stream().map(Cell::id).distinct().count());
    for (Cell c : cells) {
      Phase phase = c.recipe().phases().get(0);
      assertTrue(phase.optimizer().lr() >= 1e-4 && phase.optimizer().lr() <= 1e-2, c.id());
      assertTrue(List.of(32, 64).contains(phase.batch()), c.id());
      assertTrue(phase.words().endsWith("exact; noise 0.01"), c.id());
    }
    // The logarithm is uniform: of 40, about half are below 1e-3, and 3 to 37 but for 1 in 1e7.
    long small =
        cells.stream().filter(c -> c.recipe().phases().get(0).optimizer().lr() < 1e-3).count();
    assertTrue(small >= 4 && small <= 36, small + " of 40");
  }

  @Test
  void theFirstOfTheBestIsChosen() {
    List<Cell> cells = GRID.cells(1, Phase.DEFAULTS);
    List<Search.Trial> trials =
        List.of(new Search.Trial("a", 0.8), new Search.Trial("b", 0.9), new Search.Trial("c", 0.9));
    assertEquals(cells.get(1), Search.best(cells, trials));
  }

  @Test
  void aSearchWithoutARatioOrTrialsIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Search(
                Settings.parse(Architecture.class, "mlp"),
                Experiment.Defenses.parse("none"),
                Search.Method.GRID,
                List.of(0.1),
                List.of(0.1),
                List.of(1),
                null,
                1));
    assertThrows(IllegalArgumentException.class, () -> random(0));
  }

  /** Test images that nobody may look at: whoever does is told so. */
  private static final class Forbidden implements Images {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public Shape image() {
      return Shape.of(28, 28, 1);
    }

    @Override
    public void read(int index, float[] to, int at) {
      throw new AssertionError("a search looked at the test set");
    }
  }

  @Test
  void theSearchNeverSeesTheTestSet() throws Exception {
    Experiment small = ExperimentFile.parse("small", ExperimentFileTest.SMALL);
    Experiment e = small.with(GRID);
    Data data = Data.of(e, folder);
    Examples forbidden = new Examples(new Forbidden(), new int[1]);
    Data guarded = new Data(data.learning(), forbidden);
    try (ResultsFolder results =
        ResultsFolder.open(folder.resolve("out"), e, List.of(), "a test", false)) {
      ExperimentRun run = new ExperimentRun(e, guarded, results, 1, Progress.SILENT);
      // Every trial is made; the first cell, which does look, then ends the run.
      AssertionError seen = assertThrows(AssertionError.class, run::run);
      assertEquals("a search looked at the test set", seen.getMessage());
    }
    List<String> trials = Files.readAllLines(folder.resolve("out/search.jsonl"));
    assertEquals(4, trials.size());
    assertEquals(0, Files.size(folder.resolve("out/results.jsonl")));
  }
}
