package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.JsonLines;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ExperimentCommandsTest extends Calls {
  static final String SMALL =
      """
      name: small
      data: synthetic
      images: {train: 400, validation: 100, test: 100}
      seeds: [1, 2, 3]
      training: {epochs: 2, batch: 32, optimizer: adam lr=0.002}
      grid:
      - models: [mlp]
        defenses: [none, random 0.3, learned 0.001]
      search: {model: mlp, defenses: random 0.3, method: grid, ratios: [0.1, 0.3], lrs: [0.002],
        batches: [32], epochs: 1}
      measures:
      - clean
      - attacked fgsm epsilons=[0.1, 0.2] images=30
      - attacked pgd(steps=30) epsilons=[0.1, 0.2] images=10
      - masked pgd(steps=30) epsilons=[0.1, 0.2] images=5
      - checks epsilon=0.2 images=3 seeds=1
      - examples pgd epsilon=0.2 images=2 seeds=1
      """;

  private Path small() throws IOException {
    return Files.writeString(folder.resolve("small.yaml"), SMALL);
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  void anExperimentFromAFileLeavesAllItsFiles() throws IOException {
    small();
    assertEquals(0, teak("run DIR/small.yaml --out DIR/a --json DIR/a.json"), err.toString());
    List<String> lines = Files.readAllLines(folder.resolve("a/results.jsonl"));
    assertEquals(12, lines.size(), "nine cells, and the found one from each seed");
    CellResult found = CellResult.parse(JsonLines.unsealed(lines.get(9)));
    assertTrue(found.cell().id().contains("; lr 0.002, batch 32; seed 1"), found.cell().id());
    assertEquals(2, Files.readAllLines(folder.resolve("a/search.jsonl")).size());
    assertEquals(12, Files.readAllLines(folder.resolve("a/timings.jsonl")).size());
    assertEquals(13, Files.readAllLines(folder.resolve("a/results.csv")).size());
    assertTrue(text("a/report.html").contains("<svg"));
    assertEquals(12, json("a.json").size());
    assertTrue(out.toString().contains("mlp; learned 0.001"), out.toString());
    // What it leaves as settings makes the same again.
    assertEquals(0, teak("run DIR/a/settings.yaml --out DIR/b --parallel 1"), err.toString());
    assertEquals(text("a/results.jsonl"), text("b/results.jsonl"));
  }

  private Process start(String more) throws IOException {
    String call = "run DIR/small.yaml --out DIR/killed --device java" + more;
    return new ProcessBuilder(command(List.of(), call))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }

  /** Waits for so many bytes more of results, or the end. */
  private void awaitGrowth(Process process, long more) throws InterruptedException {
    File results = folder.resolve("killed/results.jsonl").toFile();
    long until = results.length() + more;
    while (process.isAlive() && results.length() < until) {
      Thread.sleep(1);
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // that a hang ends; no measure of speed
  void killedThreeTimesItEndsInTheSameBytes() throws Exception {
    small();
    assertEquals(0, teak("run DIR/small.yaml --out DIR/whole --device java"), err.toString());
    String whole = text("whole/results.jsonl");
    Random moment = new Random(7);
    for (int kill = 0; kill < 3; kill++) {
      Process process = kill == 0 ? start("") : start(" --resume");
      awaitGrowth(process, 1 + moment.nextInt(whole.length() / 5));
      process.destroyForcibly().waitFor();
      String sofar = text("killed/results.jsonl");
      assertTrue(sofar.length() < whole.length(), "killed too late to say anything");
      assertFalse(Files.exists(folder.resolve("killed/results.csv")), text("said"));
    }
    Process last = start(" --resume");
    assertEquals(0, last.waitFor(), () -> said());
    assertTrue(said().matches("(?s).*small: [1-9][0-9]* of 9 cells done; the rest.*"), said());
    assertEquals(whole, text("killed/results.jsonl"));
    assertEquals(text("whole/results.csv"), text("killed/results.csv"));
    assertEquals(text("whole/search.jsonl"), text("killed/search.jsonl"));
  }

  private String said() {
    try {
      return text("said");
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void wrongCallsSayWhatIsWrong() throws IOException {
    small();
    assertOneLine(teak("run DIR/none.yaml"), 2, "there is no such file, nor an experiment");
    err.getBuffer().setLength(0);
    assertOneLine(teak("run --print none"), 2, "mnist-robust-minutes");
    err.getBuffer().setLength(0);
    assertOneLine(teak("run"), 2, "--print NAME");
    err.getBuffer().setLength(0);
    assertOneLine(teak("paper feature-masking --size huge"), 2, "choose smoke, short, paper");
    err.getBuffer().setLength(0);
    assertOneLine(teak("paper other --size smoke"), 2, "choose feature-masking");
    err.getBuffer().setLength(0);
    assertOneLine(teak("run DIR/small.yaml --parallel 0"), 2, "--parallel 0");
    err.getBuffer().setLength(0);
    Files.writeString(folder.resolve("bad.yaml"), SMALL.replace("epochs: 2", "epoch: 2"));
    assertOneLine(teak("run DIR/bad.yaml"), 2, "bad.yaml, line 5: there is no setting 'epoch'");
    err.getBuffer().setLength(0);
    Files.createDirectories(folder.resolve("full"));
    Files.writeString(folder.resolve("full/settings.yaml"), "# other\nname: other\n");
    assertOneLine(teak("run DIR/small.yaml --out DIR/full"), 2, "--resume");
    err.getBuffer().setLength(0);
    assertOneLine(
        teak("run DIR/small.yaml --out DIR/full --resume"), 2, "is of another experiment");
  }

  @Test
  void whatIsPrintedToStartFromRuns() throws IOException {
    assertEquals(0, teak("run --print feature-masking --size smoke"), err.toString());
    assertTrue(out.toString().startsWith("# Feature masking"), out.toString());
    assertTrue(out.toString().contains("adv-pgd"), out.toString());
  }

  @Test
  void anExperimentThatTeakBringsIsPrintedByItsName() {
    assertEquals(0, teak("run --print mnist-robust-minutes"), err.toString());
    assertTrue(out.toString().contains("name: MNIST, robust in ten minutes"), out.toString());
  }
}
