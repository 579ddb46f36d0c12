package dev.teak.lab.experiment;

import dev.teak.nn.io.Fuzz;
import dev.teak.nn.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results and settings that are nearly right. */
class StateFuzzTest {
  @TempDir Path folder;

  private static String result() {
    Cell cell = ExperimentFile.parse("small", ExperimentFileTest.SMALL).cells().get(0);
    Measured clean = Measured.by("clean").figure("accuracy", Figure.share(70, 80));
    return new CellResult(
            CellResult.Key.of(cell),
            List.of(new CellResult.Epoch(1, 1, Map.of("loss", 0.5))),
            Map.of("clean", clean),
            1000,
            0.004)
        .toJson();
  }

  @Test
  void resultsOfARun() throws IOException {
    Fuzz.run(
        folder.resolve("results.jsonl"),
        List.of((JsonLines.sealed(result()) + "\n").getBytes(StandardCharsets.UTF_8)),
        f -> JsonLines.read(f, "a cell's result", (number, line) -> CellResult.parse(line)),
        IOException.class);
  }

  /** Nearly right, and sealed all the same: what only the values tell. */
  @Test
  void resultsWhoseChecksumFits() throws IOException {
    Fuzz.run(
        folder.resolve("results.jsonl"),
        List.of(result().getBytes(StandardCharsets.UTF_8)),
        f -> {
          String text = new String(Files.readAllBytes(f), StandardCharsets.UTF_8);
          String line = text.replaceAll("[\\r\\n\u0085\u2028\u2029}]*$|[\\r\\n]", "") + "}";
          Files.writeString(f, JsonLines.sealed(line) + "\n");
          JsonLines.read(f, "a cell's result", (number, one) -> CellResult.parse(one));
        },
        IOException.class);
  }

  @Test
  void settingsOfAnExperiment() throws IOException {
    Fuzz.run(
        folder.resolve("some.yaml"),
        List.of(ExperimentFileTest.SMALL.getBytes(StandardCharsets.UTF_8)),
        ExperimentFile::read,
        SettingsException.class);
  }
}
