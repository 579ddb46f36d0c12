package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** The same call in a JVM of its own, with these options. */
  List<String> command(List<String> options, String line) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx1g"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Stream.of(line.split(" ")).map(w -> w.replace("DIR", folder.toString())).forEach(command::add);
    return command;
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
