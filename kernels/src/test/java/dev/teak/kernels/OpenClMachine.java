package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import dev.teak.engine.DeviceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** The OpenCL device of the machine that runs the tests, or a skipped test that says why. */
final class OpenClMachine {
  /** Of several devices, the one to test; GPUs come first. */
  private static final String NAME = System.getProperty("teak.testDevice", "opencl:0");

  private static final Map<Integer, OpenClBackend> FORMS = new HashMap<>();

  private static final Set<OpenClBackend> OPENED = new HashSet<>();

  private OpenClMachine() {}

  /** The device; without one the test is skipped, or fails under -Dteak.requireOpencl=true. */
  static OpenClBackend device() {
    OpenClProvider provider = new OpenClProvider();
    if (provider.devices().isEmpty()) {
      String message = "no OpenCL device: " + provider.problem();
      if (Boolean.getBoolean("teak.requireOpencl")) {
        fail(message);
      }
      Assumptions.abort(message);
    }
    return open(NAME);
  }

  /** The same device with kernels in their GPU form. */
  static OpenClBackend gpuForm() {
    return withLanes(1);
  }

  /** The same device with kernels for another vector width. */
  static synchronized OpenClBackend withLanes(int lanes) {
    device();
    return FORMS.computeIfAbsent(lanes, n -> OpenClProvider.openWithLanes(NAME, n));
  }

  /** What was opened here, the tests' own devices apart. */
  static synchronized List<OpenClBackend> opened() {
    List<OpenClBackend> all = new ArrayList<>(FORMS.values());
    all.addAll(OPENED);
    return all;
  }

  private static synchronized OpenClBackend open(String name) {
    OpenClBackend backend = (OpenClBackend) new OpenClProvider().open(name);
    OPENED.add(backend);
    return backend;
  }

  /** The same device in double precision; without that the test is skipped. */
  static OpenClBackend doubles() {
    device();
    try {
      return open(NAME + ":float64");
    } catch (DeviceException e) {
      return Assumptions.abort(e.getMessage());
    }
  }
}
