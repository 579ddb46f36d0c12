package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
    assertOneLine(teak(CALL), 2, "state of a training that was killed; --resume goes on with it");
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
    assertTrue(said.contains("nothing is left to do; without --resume it is trained anew"), said);
    assertEquals("weights", Files.readString(weights));
    assertEquals(0, teak(CALL), err.toString());
    byte[] trained = Files.readAllBytes(weights);
    assertTrue(trained.length > 1000, "without --resume it is trained anew");
    assertEquals(0, teak(CALL + " --resume"), err.toString());
    assertArrayEquals(trained, Files.readAllBytes(weights));
  }
}
