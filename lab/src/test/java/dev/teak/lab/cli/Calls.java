package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** What tests of the command line share: a folder, and calls as a user makes them. */
abstract class Calls {
  @TempDir Path folder;

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  int teak(String... args) {
    return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  /** A whole line; DIR stands for the folder. */
  int teak(String line) {
    return teak(
        Stream.of(line.replace("DIR", folder.toString()).split(" ")).toArray(String[]::new));
  }

  void assertOneLine(int status, int expected, String part) {
    String said = err.toString().strip();
    assertEquals(expected, status, said);
    assertTrue(said.startsWith("teak: ") && said.lines().count() == 1, said);
    assertTrue(said.contains(part), said);
  }

  /** A small model, in DIR/m.safetensors. */
  void train() {
    String call =
        "train --data synthetic --model mlp --epochs 1 --limit 600 --out DIR/m.safetensors";
    assertEquals(0, teak(call), err.toString());
  }

  JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file).toFile());
  }
}
