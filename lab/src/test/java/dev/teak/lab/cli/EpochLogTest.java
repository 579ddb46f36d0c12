package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.nn.train.EpochResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochLogTest {
  @TempDir private Path folder;

  @Test
  void aCollapsedTrainingIsWarnedOfBehindItsEpoch() {
    StringWriter out = new StringWriter();
    try (ConsoleProgress progress = new ConsoleProgress("train")) {
      EpochLog log =
          new EpochLog(
              new TrainingProgress(progress, 2),
              new PrintWriter(out, true),
              folder.resolve("metrics.jsonl"));
      log.onEpoch(new EpochResult(1, Map.of("fgsm", 0.5, "pgd", 0.4), 1));
      log.onEpoch(new EpochResult(2, Map.of("fgsm", 0.9, "pgd", 0.0), 1));
    }
    List<String> lines = out.toString().lines().toList();
    assertEquals(3, lines.size(), out.toString());
    assertTrue(lines.get(2).startsWith("warning: catastrophic overfitting"), out.toString());
  }
}
