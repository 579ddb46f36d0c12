package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processes that are killed at any moment, and go on: what they give in the end is what one gives
 * that nobody killed, and nothing is left of those. {@code -Dfuzz.kills} says how many each.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS) // that a hang ends; no measure of speed
class KillFuzzTest extends Calls {
  private static final int KILLS = Integer.getInteger("fuzz.kills", 2);
  private static final int GRACE_S = 60;

  private final Random moment = new Random(1);

  private Process start(String call) throws IOException {
    return new ProcessBuilder(command(List.of(), call + " --device java"))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }

  private void finish(String call) throws Exception {
    int status = start(call).waitFor();
    assertEquals(0, status, Files.readString(folder.resolve("said")));
  }

  /** Kills so many, each as far as it may have come; some end before that. */
  private void killed(String call, long wholeMillis, boolean gently) throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start(call);
      if (!process.waitFor(moment.nextInt((int) wholeMillis), TimeUnit.MILLISECONDS)) {
        if (gently) {
          process.destroy();
          assertEquals(true, process.waitFor(GRACE_S, TimeUnit.SECONDS), "SIGTERM is not heeded");
        } else {
          process.destroyForcibly().waitFor();
        }
      }
    }
    finish(call);
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> left =
          all.filter(f -> f.getFileName().toString().matches("\\..*|.*\\.(tmp|resume)")).toList();
      assertEquals(List.of(), left);
    }
  }

  private long millis(String call) throws Exception {
    long start = System.nanoTime();
    finish(call);
    return (System.nanoTime() - start) / 1_000_000;
  }

  private void training(boolean gently) throws Exception {
    String call = "train --data synthetic --model mlp --epochs 2 --limit 1500 --resume --out DIR/";
    long whole = millis(call + "whole.safetensors");
    killed(call + "killed.safetensors", whole, gently);
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole.safetensors")),
        Files.readAllBytes(folder.resolve("killed.safetensors")));
  }

  @Test
  void aTrainingEndsInTheSameBytes() throws Exception {
    training(false);
  }

  @Test
  void aTrainingThatIsAskedToEndLeavesItsStateAndNothingElse() throws Exception {
    training(true);
  }

  @Test
  void anEvaluationEndsInTheSameFigures() throws Exception {
    train();
    String call =
        "evaluate --data synthetic --weights DIR/m.safetensors --threat linf:0.1 --limit 60"
            + " --batch 10 --protocol quick --state DIR/STATE --json DIR/STATE.json";
    long whole = millis(call.replace("STATE", "whole"));
    killed(call.replace("STATE", "killed"), whole, false);
    assertEquals(untimed(json("whole.json")), untimed(json("killed.json")));
  }

  /** Without what a clock gave. */
  private static JsonNode untimed(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> times = new ArrayList<>();
      object.fieldNames().forEachRemaining(times::add);
      times.stream().filter(name -> name.contains("seconds")).forEach(object::remove);
    }
    node.forEach(KillFuzzTest::untimed);
    return node;
  }

  @Test
  void anExperimentEndsInTheSameBytes() throws Exception {
    Files.writeString(folder.resolve("small.yaml"), ExperimentCommandsTest.SMALL);
    long whole = millis("run DIR/small.yaml --out DIR/whole");
    killed("run DIR/small.yaml --resume --out DIR/killed", whole, false);
    for (String file : List.of("results.jsonl", "results.csv", "figures.csv", "weights.csv")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("whole").resolve(file)),
          Files.readAllBytes(folder.resolve("killed").resolve(file)),
          file);
    }
  }
}
