package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.BackendProvider;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing asked of this backend breaks the JVM, and every refusal says what would be right. */
class OpenClSafetyTest {
  /** Not a constant, so that the division happens when the test runs. */
  private static int zero = 0;

  private static volatile int quotient;

  @Test
  void divisionByZeroStillThrowsInEveryThread() throws InterruptedException {
    OpenClBackend backend = OpenClMachine.device();
    Buffer x = backend.allocate(DType.FLOAT32, 100);
    backend.fill(x, 1);
    backend.synchronize();
    backend.release(x);
    assertThrows(ArithmeticException.class, () -> consume(100 / zero));
    boolean[] threw = new boolean[1];
    Thread other =
        new Thread(
            () -> {
              try {
                consume(100 / zero);
              } catch (ArithmeticException e) {
                threw[0] = true;
              }
            });
    other.start();
    other.join();
    assertTrue(threw[0]);
  }

  /** Uses the quotient, so that the division is not left out. */
  private static void consume(int value) {
    quotient = value;
  }

  @Test
  void anUnsafePoclIsRefusedBeforeItBreaksAnything() throws Exception {
    OpenClMachine.device();
    String output = probe("POCL_SIGFPE_HANDLER", null);
    assertTrue(output.contains("division throws"), output);
    boolean pocl3 = new OpenClProvider().devices().get(0).description().matches(".*PoCL.*");
    if (pocl3 && output.contains("devices: 0")) {
      assertTrue(output.contains("POCL_SIGFPE_HANDLER=0"), output);
      assertTrue(output.contains("open: DeviceException"), output);
    }
  }

  @Test
  void aMachineWithoutDriversIsToldSoInOneLine(@TempDir Path empty) throws Exception {
    String output = probe("OCL_ICD_VENDORS", empty.toString());
    assertTrue(output.contains("devices: 0"), output);
    String why =
        LoaderLibrary.isMissing() ? "the OpenCL library is not there" : "no OpenCL driver answers";
    assertTrue(output.contains("problem: " + why), output);
    assertFalse(output.contains("Could not load"), output);
    assertTrue(output.contains("open: DeviceException"), output);
    assertTrue(output.contains("division throws"), output);
  }

  /** Runs {@link OpenClProbe} in a JVM with one variable of the environment changed or removed. */
  private static String probe(String variable, String value)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OpenClProbe.class.getName());
    builder.environment().remove(variable);
    if (value != null) {
      builder.environment().put(variable, value);
    }
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void poclIsJudgedByVersionAndEnvironment() {
    String old = "OpenCL 3.0 PoCL 3.1+debian  Linux, None+Asserts";
    assertTrue(Discovery.PoclSignal.refusal(old, Map.of()).startsWith("PoCL 3.1 would break"));
    assertEquals("", Discovery.PoclSignal.refusal(old, Map.of("POCL_SIGFPE_HANDLER", "0")));
    assertEquals(
        "", Discovery.PoclSignal.refusal(old, Map.of("LD_PRELOAD", "/usr/lib/libjsig.so")));
    assertEquals("", Discovery.PoclSignal.refusal("OpenCL 3.0 PoCL 6.0  Linux", Map.of()));
    assertEquals("", Discovery.PoclSignal.refusal("OpenCL 3.0 CUDA 12.4", Map.of()));
  }

  @Test
  void theProviderIsFoundAsAService() {
    assertTrue(
        ServiceLoader.load(BackendProvider.class).stream()
            .anyMatch(p -> p.type() == OpenClProvider.class));
  }

  @Test
  void aDeviceIsOpenedOnceAndAnUnknownOneNamed() {
    OpenClBackend backend = OpenClMachine.device();
    OpenClProvider provider = new OpenClProvider();
    assertEquals(backend, provider.open("opencl:0"));
    DeviceException e = assertThrows(DeviceException.class, () -> provider.open("opencl:77"));
    assertTrue(e.getMessage().contains("opencl:77: no such device, there are"), e.getMessage());
  }

  @Test
  void aKernelThatDoesNotBuildShowsFileAndLog() {
    OpenClDevice device = OpenClMachine.device().device();
    DeviceException e =
        assertThrows(
            DeviceException.class,
            () ->
                device
                    .programs()
                    .build("broken.cl", "kernel void f() {\n  undeclared = 1;\n}\n", ""));
    assertTrue(e.getMessage().contains("kernel file broken.cl does not build"), e.getMessage());
    assertTrue(e.getMessage().contains("undeclared"), e.getMessage());
    assertTrue(Programs.blamesTheSource(e.getMessage()), e.getMessage());
  }

  @Test
  void onlyAFailureWithoutALineOfOursIsTheDriversOwn() {
    String vanished =
        "error: <invalid loc>: unable to rename temporary 'kcache/tempfile_8.preproc-a6.cl.tmp' to"
            + " output file 'kcache/tempfile_8.preproc.cl': No such file or directory";
    assertFalse(Programs.blamesTheSource(vanished));
    String ours = "error: conv.cl:12:3: use of undeclared identifier 'x'";
    assertTrue(Programs.blamesTheSource(ours));
  }

  /** Somebody empties the folder where PoCL keeps what it compiles, while this process runs. */
  @Test
  void aDriversCacheThatVanishesIsNoFailure(@TempDir Path cache) throws Exception {
    OpenClMachine.device();
    String output = probe("POCL_CACHE_DIR", cache.resolve("made/by/it").toString());
    assertTrue(output.contains("after its cache vanished: 2.0"), output);
  }

  @Test
  void wrongBuffersAreRefusedByName() {
    OpenClBackend backend = OpenClMachine.device();
    Buffer small = backend.allocate(DType.FLOAT32, 3);
    Buffer large = backend.allocate(DType.FLOAT32, 4);
    Buffer ints = backend.allocate(DType.INT32, 4);
    Buffer foreign = OpenClMachine.gpuForm().allocate(DType.FLOAT32, 4);
    refused("NEG: input has 3", () -> backend.unary(UnaryFunction.NEG, small, large));
    refused("NEG: input holds INT32", () -> backend.unary(UnaryFunction.NEG, ints, large));
    refused("of another device", () -> backend.unary(UnaryFunction.NEG, foreign, large));
    refused("input is null", () -> backend.unary(UnaryFunction.NEG, null, large));
    refused("host array has 2", () -> backend.read(large, new float[2]));
    refused(
        "copy: source is walked from element 0 to 6, has 4",
        () ->
            backend.copy(
                large, large, new StridedCopy(new int[] {4}, 0, new int[] {2}, 0, new int[] {1})));
    ConvGeometry g = ConvGeometry.square(1, 4, 4, 1, 1, 3, 3, 1, 1, 1, 1);
    refused("conv2d: input has 4", () -> backend.conv2d(g, large, large, null, large));
    OpenClMachine.gpuForm().release(foreign);
    backend.release(ints);
    backend.release(large);
    backend.release(small);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> backend.release(small));
    assertTrue(e.getMessage().contains("was released"), e.getMessage());
  }

  private static void refused(String part, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
