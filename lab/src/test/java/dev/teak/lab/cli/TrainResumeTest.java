package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a training finds where it is to write: a state, weights, both or nothing. */
class TrainResumeTest extends Calls {
  private static final String CALL =
      "train --data synthetic --model mlp --epochs 1 --limit 60 --out DIR/m.safetensors";

  private Path state() {
    return folder.resolve("m.safetensors.resume");
  }

  @Test
  void theStateOfAKilledTrainingIsNotDeletedUnasked() throws IOException {
    Files.writeString(state(), "hours of work");
    assertOneLine(teak(CALL), 2, "of a training that was killed; --resume goes on with it, --over");
    assertEquals("hours of work", Files.readString(state()));
    assertFalse(Files.exists(folder.resolve("m.safetensors")));
  }

  @Test
  void aStateThatIsNoneIsRefusedAndLeftAlone() throws IOException {
    Files.writeString(state(), "hours of work");
    assertEquals(1, teak(CALL + " --resume"));
    assertTrue(err.toString().contains("m.safetensors.resume"), err.toString());
    assertEquals("hours of work", Files.readString(state()));
  }

  @Test
  void withoutAStateItBeginsAndSaysSo() throws IOException {
    assertEquals(0, teak(CALL + " --resume"), err.toString());
    String said = err.toString();
    assertTrue(said.contains("there is no such state; beginning with the first epoch"), said);
    assertTrue(Files.exists(folder.resolve("m.safetensors")));
    assertFalse(Files.exists(state()));
  }

  @Test
  void aFinishedTrainingIsNotRepeatedByResume() throws IOException {
    Path weights = Files.writeString(folder.resolve("m.safetensors"), "weights");
    assertEquals(0, teak(CALL + " --resume"), err.toString());
    String said = err.toString();
    assertTrue(said.contains("nothing is left to do; with --overwrite it is trained anew"), said);
    assertEquals("weights", Files.readString(weights));
  }

  @Test
  void weightsAreOverwrittenOnlyWhereThatIsAsked() throws IOException {
    Path weights = Files.writeString(folder.resolve("m.safetensors"), "weights");
    assertOneLine(teak(CALL), 2, "is there already; --overwrite trains anew and writes over it");
    assertEquals("weights", Files.readString(weights));
    Files.writeString(state(), "hours of work");
    assertEquals(1, teak(CALL.replace("synthetic", "mnist --data-dir DIR") + " --overwrite"));
    assertEquals("weights", Files.readString(weights), "no new ones could be made");
    assertEquals("hours of work", Files.readString(state()), "no new one was begun");
    assertEquals(0, teak(CALL + " --overwrite"), err.toString());
    assertTrue(Files.size(weights) > 1000, "not trained anew");
    assertFalse(Files.exists(state()));
  }

  @Test
  void theBestEpochIsKeptAndTheLastOneBesideIt() throws IOException {
    // So large a learning rate that the model gets worse from the first epoch on.
    String call =
        "train --data synthetic --model mlp --epochs 4 --limit 600 --test-limit 50 --batch 50"
            + " --lr 0.3 --schedule constant --device java --out DIR/";
    assertEquals(0, teak(call + "m.safetensors --keep best"), err.toString());
    assertTrue(out.toString().contains("kept: epoch 1, best"), out.toString());
    Path last = folder.resolve("m.last.safetensors");
    byte[] best = Files.readAllBytes(folder.resolve("m.safetensors"));
    assertFalse(Arrays.equals(best, Files.readAllBytes(last)), "the last is the best");
    assertEquals(0, teak(call + "l.safetensors"), err.toString());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("l.safetensors")), Files.readAllBytes(last));
    assertFalse(Files.exists(folder.resolve("l.last.safetensors")), "the same weights twice");
  }

  private List<String> metrics() throws IOException {
    return Files.readAllLines(folder.resolve("m.metrics.jsonl"));
  }

  private static List<Integer> epochs(List<String> metrics) throws IOException {
    List<Integer> epochs = new ArrayList<>();
    for (String line : metrics) {
      epochs.add(new ObjectMapper().readTree(line).get("epoch").asInt());
    }
    return epochs;
  }

  @Test
  @Timeout(300)
  void aKilledTrainingGoesOnToTheSameBytesAndMetrics() throws IOException, InterruptedException {
    String call =
        "train --data synthetic --model mlp --epochs 12 --test-limit 100 --keep best --device java"
            + " --judge fgsm(0.1) --out DIR/m.safetensors";
    assertEquals(0, teak(call), err.toString());
    byte[] weights = Files.readAllBytes(folder.resolve("m.safetensors"));
    List<String> all = metrics();
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), epochs(all));
    String printed = out.toString();
    assertTrue(printed.contains("epoch 12 of 12: loss "), printed);
    assertTrue(printed.contains(", fgsm 0."), printed);

    Files.delete(folder.resolve("m.safetensors"));
    Files.delete(folder.resolve("m.metrics.jsonl"));
    Process killed =
        new ProcessBuilder(command(List.of(), call))
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    while (killed.isAlive() && !Files.exists(folder.resolve("m.metrics.jsonl"))) {
      Thread.sleep(20);
    }
    killed.destroyForcibly().waitFor();
    assertTrue(Files.exists(state()), "it was not killed in time");
    Files.writeString(folder.resolve("m.metrics.jsonl"), metrics().get(0) + "\n{\"cut");

    PrintStream console = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertEquals(0, teak(call + " --resume"), err.toString());
    } finally {
      System.setErr(console);
    }
    String progress = said.toString(StandardCharsets.UTF_8);
    assertTrue(progress.contains("train mlp: going on after epoch "), progress);
    assertArrayEquals(weights, Files.readAllBytes(folder.resolve("m.safetensors")));
    assertEquals(epochs(all), epochs(metrics()));
  }
}
