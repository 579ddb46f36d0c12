package dev.teak.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in a checkout that is built already, with a JDK whose {@code java} writes down what
 * it was called with.
 */
@Timeout(60)
class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      for argument; do echo "argument $argument"; done
      echo "TEAK_CACHE=$TEAK_CACHE"
      echo "POCL_CACHE_DIR=$POCL_CACHE_DIR"
      echo "LD_PRELOAD=$LD_PRELOAD"
      """;

  /** With symbolic links resolved, as the launcher does: the temporary folder may be one. */
  private Path folder;

  private Path jdk;
  private Path checkout;
  private Path home;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    folder = temporary.toRealPath();
    jdk = jdk("jdk");
    checkout = checkout("teak");
    home = Files.createDirectory(folder.resolve("home"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", Files.createDirectory(folder.resolve("temporary")).toString());
  }

  private Path jdk(String name) throws IOException {
    Path made = folder.resolve(name);
    script(made.resolve("bin/java"), JAVA);
    script(made.resolve("bin/javac"), "#!/bin/sh\n");
    Files.createDirectories(made.resolve("lib"));
    Files.writeString(made.resolve("lib/libjsig.so"), "");
    Files.writeString(made.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
    environment.put("TEAK_JAVA_HOME", made.toString());
    return made;
  }

  private Path checkout(String name) throws IOException {
    Path made = folder.resolve(name);
    script(made.resolve("teak"), Files.readString(Path.of("..", "teak")));
    Files.createDirectories(made.resolve("lab/target/lib"));
    Files.createDirectories(made.resolve("target"));
    Files.writeString(made.resolve("lab/target/teak-lab-1.jar"), "");
    Files.writeString(made.resolve("lab/target/.built"), "");
    return made;
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** What became of a launch; {@code lines} are those of both streams. */
  private record Launch(int status, List<String> lines) {
    String value(String name) {
      return lines.stream()
          .filter(l -> l.startsWith(name + "="))
          .map(l -> l.substring(name.length() + 1))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + name + " in " + lines));
    }

    boolean has(String argument) {
      return lines.contains("argument " + argument);
    }
  }

  private Launch launch(Path from, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(from.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Launch(process.exitValue(), said.lines().toList());
  }

  private Launch devices() throws IOException, InterruptedException {
    return launch(folder, checkout.resolve("teak").toString(), "devices");
  }

  private static void assertStarted(Launch launch) {
    assertEquals(0, launch.status, launch.toString());
    assertTrue(launch.has("dev.teak.lab.cli.Main") && launch.has("devices"), launch.toString());
  }

  private static void assertWritable(String cache) {
    assertTrue(Files.isWritable(Path.of(cache)), cache);
  }

  @Test
  void theCacheIsInTheHomeFolder() throws Exception {
    Launch launch = devices();
    assertStarted(launch);
    assertEquals(home + "/.cache/teak/opencl", launch.value("TEAK_CACHE"));
    assertEquals(home + "/.cache/teak/opencl/pocl", launch.value("POCL_CACHE_DIR"));
    assertWritable(launch.value("POCL_CACHE_DIR"));
  }

  @Test
  void withoutAHomeTheCacheIsATemporaryFolder() throws Exception {
    environment.remove("HOME");
    Launch launch = devices();
    assertStarted(launch);
    assertTrue(launch.value("TEAK_CACHE").startsWith(folder + "/temporary/"), launch.toString());
    assertWritable(launch.value("POCL_CACHE_DIR"));
    assertEquals(launch, devices(), "the next launch must find the same one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/dev/null", "/proc", "DIR/nonexistent"})
  void aHomeThatCannotBeWrittenToIsNoHome(String useless) throws Exception {
    environment.put("HOME", useless.replace("DIR", folder.toString()));
    Launch launch = devices();
    assertStarted(launch);
    assertTrue(launch.value("TEAK_CACHE").startsWith(folder + "/temporary/"), launch.toString());
    assertWritable(launch.value("POCL_CACHE_DIR"));
    assertFalse(Files.exists(folder.resolve("nonexistent")));
  }

  @Test
  void aTemporaryFolderThatIsALinkIsNotTrusted() throws Exception {
    environment.remove("HOME");
    Path first = Path.of(devices().value("TEAK_CACHE"));
    Path moved = Files.move(first, folder.resolve("moved"));
    Files.createSymbolicLink(first, moved);
    Launch launch = devices();
    assertStarted(launch);
    assertFalse(launch.value("TEAK_CACHE").equals(first.toString()), launch.toString());
    assertWritable(launch.value("POCL_CACHE_DIR"));
  }

  @Test
  void aCacheThatIsGivenIsTaken() throws Exception {
    environment.remove("HOME");
    environment.put("XDG_CACHE_HOME", folder + "/caches");
    assertEquals(folder + "/caches/teak/opencl", devices().value("TEAK_CACHE"));
    environment.put("TEAK_CACHE", folder + "/own");
    assertEquals(folder + "/own", devices().value("TEAK_CACHE"));
  }

  @Test
  void aCacheFolderMayBeginWithATilde() throws Exception {
    environment.put("TEAK_CACHE", "~/own");
    assertEquals(home + "/own", devices().value("TEAK_CACHE"));
  }

  @Test
  void aJdkWithoutAReleaseFileStartsWithoutAnArchive() throws Exception {
    Files.delete(jdk.resolve("release"));
    script(
        jdk.resolve("bin/java"),
        JAVA.replace(
            "#!/bin/sh\n",
            "#!/bin/sh\n[ \"$1\" != -version ] || { echo 'openjdk version \"17.0.15\"' >&2; exit; }\n"));
    Launch launch = devices();
    assertStarted(launch);
    assertFalse(launch.lines.toString().contains("SharedArchiveFile"), launch.toString());
  }

  @Test
  void cdpathDoesNotLeadTheLauncherAstray() throws Exception {
    environment.put("CDPATH", folder.toString());
    assertStarted(launch(folder, "bash", "teak/teak", "devices"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "-dash", "a*b?", "it's $HOME"})
  void theCheckoutMayHaveAnyName(String name) throws Exception {
    Path odd = checkout(name);
    Launch launch = launch(folder, "bash", "./" + name + "/teak", "devices");
    assertStarted(launch);
    String classpath = odd + "/lab/target/teak-lab-1.jar:" + odd + "/lab/target/lib/*";
    assertTrue(launch.has(classpath), launch.toString());
    assertStarted(launch(folder, "bash", "--", name + "/teak", "devices"));
  }

  @Test
  void aColonInTheCheckoutsNameIsRefused() throws Exception {
    Launch launch = launch(checkout("a:b"), "./teak", "devices");
    assertEquals(1, launch.status);
    assertEquals(1, launch.lines.size());
    assertTrue(launch.lines.get(0).contains("has a colon in its name"), launch.toString());
  }

  @Test
  void aJdkInAFolderWithASpaceIsNotPreloaded() throws Exception {
    jdk("my jdk");
    Launch launch = devices();
    assertStarted(launch);
    assertEquals("", launch.value("LD_PRELOAD"));
  }

  @Test
  void symbolicLinksLeadToTheCheckout() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("usr/bin"));
    Files.createSymbolicLink(bin.resolve("teak"), Path.of("../../link"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("teak/teak"));
    assertStarted(launch(bin, "./teak", "devices"));
  }

  @Test
  void allOfTheJvmsOptionsArePassedOn() throws Exception {
    environment.put("TEAK_JAVA_OPTS", "-Xmx1g  -Da=b\n-Dc=d");
    Launch launch = devices();
    assertStarted(launch);
    assertTrue(Stream.of("-Xmx1g", "-Da=b", "-Dc=d").allMatch(launch::has), launch.toString());
  }

  @Test
  void theJvmIsToldThatStandardErrorIsNoTerminal() throws Exception {
    assertTrue(devices().has("-Dteak.terminal=false"));
  }

  /** The terminal is made by script, of util-linux; what java is called with goes into a file. */
  @Test
  void theJvmIsToldThatStandardErrorIsATerminal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script");
    List<String> command = new ArrayList<>(List.of("script", "-qec"));
    command.add(checkout.resolve("teak") + " devices >" + folder.resolve("out"));
    command.add("/dev/null");
    launch(folder, command.toArray(String[]::new));
    assertTrue(Files.readString(folder.resolve("out")).contains("-Dteak.terminal=true"));
  }
}
