package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line in a JVM of its own: what hangs on the environment and the JVM's properties. */
@Timeout(120)
class EnvironmentTest extends Calls {
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> options = new ArrayList<>();

  /** What became of a call. */
  private record Result(int status, String out, String err) {}

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().remove("TEAK_DATA");
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Result call(String line) throws IOException, InterruptedException {
    int status = start(command(options, line)).waitFor();
    return new Result(status, text(folder.resolve("out")), text(folder.resolve("err")));
  }

  /** Without what the JVM itself says of its options. */
  private static String text(Path file) throws IOException {
    return String.join(
        "\n",
        Files.readAllLines(file, StandardCharsets.UTF_8).stream()
            .filter(line -> !line.startsWith("WARNING: Using incubator"))
            .toList());
  }

  private static void assertOneLine(Result result, int status, String line) {
    assertEquals(line, result.err);
    assertEquals(status, result.status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0", "-1", "2.5", "1025", "99999999999"})
  void threadsThatAreNoneAreAWrongCall(String threads) throws Exception {
    environment.put("TEAK_THREADS", threads);
    String line =
        "teak: TEAK_THREADS is '" + threads + "'; it must be a whole number from 1 to 1024";
    assertOneLine(call("gradcheck --op add --device java"), 2, line);
    assertOneLine(call("devices"), 2, line);
  }

  @Test
  void whatIsNestedTooDeepIsOneLine() throws Exception {
    Files.writeString(folder.resolve("deep.yaml"), "[".repeat(100_000) + "]".repeat(100_000));
    Result result = call("run DIR/deep.yaml");
    assertTrue(result.status == 1 || result.status == 2, result.toString());
    assertTrue(result.err.startsWith("teak: ") && !result.err.contains("\n"), result.err);
  }

  /** The terminal is made by script, of util-linux. */
  @Test
  void aLogGetsPlainLinesThoughTheRestIsATerminal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script");
    String call =
        command(options, "gradcheck --op add --device java").stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" ", "", " 2>'" + folder + "/log'"));
    environment.put("SHELL", "/bin/sh");
    start(List.of("script", "-qec", call, "/dev/null")).waitFor();
    String log = text(folder.resolve("log"));
    assertTrue(log.matches("check java: done in [0-9.]+ s"), log);
  }

  @Test
  void aTerminalGetsABar() throws Exception {
    options.add("-Dteak.terminal=true");
    String said = call("gradcheck --op add --device java").err;
    assertTrue(said.contains("check java") && said.contains("%"), said);
  }

  @Test
  void dataAreFetchedThroughTheProxyThatTheEnvironmentNames() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + proxy.getLocalPort();
      for (String name : new String[] {"http_proxy", "https_proxy", "all_proxy"}) {
        environment.put(name, "http://" + address);
      }
      environment.put("no_proxy", "");
      environment.put("NO_PROXY", "");
      AtomicInteger asked = new AtomicInteger();
      Thread closer =
          new Thread(
              () -> {
                try {
                  while (true) {
                    proxy.accept().close();
                    asked.incrementAndGet();
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      closer.start();
      Result result = call("data get fashion --data-dir DIR/data");
      assertEquals(1, result.status);
      assertTrue(result.err.contains(" by the proxy " + address + ": "), result.err);
      assertTrue(result.err.startsWith("teak: ") && !result.err.contains("\n"), result.err);
      assertTrue(asked.get() > 0);
    }
  }

  @Test
  void aUserWithoutANameHasTheHomeThatTheEnvironmentNames() throws Exception {
    options.add("-Duser.home=?");
    environment.put("HOME", folder + "/home");
    String said = call("data list").out;
    assertTrue(said.startsWith("data folder: " + folder + "/home/.cache/teak\n"), said);
  }

  @Test
  void aUserWithoutAHomeHasDataAmongTheTemporaryFiles() throws Exception {
    options.add("-Duser.home=?");
    options.add("-Djava.io.tmpdir=" + folder + "/temporary");
    environment.put("HOME", "");
    String said = call("data list").out;
    assertTrue(said.startsWith("data folder: " + folder + "/temporary/.cache/teak\n"), said);
  }

  @Test
  void aTildeIsTheHomeFolderInOptionsAndInTheEnvironment() throws Exception {
    Files.createDirectory(folder.resolve("home"));
    environment.put("HOME", folder + "/home");
    String said = call("data list --data-dir=~/data --json=~/data.json").out;
    assertTrue(said.startsWith("data folder: " + folder + "/home/data\n"), said);
    assertTrue(Files.exists(folder.resolve("home/data.json")));
    environment.put("TEAK_DATA", "~/other");
    said = call("data list").out;
    assertTrue(said.startsWith("data folder: " + folder + "/home/other\n"), said);
    assertFalse(Files.exists(folder.resolve("~")));
    environment.put("TEAK_DATA", "~ann/data");
    Result refused = call("data list");
    assertEquals(1, refused.status);
    assertTrue(refused.err.startsWith("teak: '~ann/data' begins with another"), refused.err);
  }
}
