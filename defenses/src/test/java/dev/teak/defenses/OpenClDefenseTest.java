package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

/** On the first OpenCL device; without one skipped, or failed under -Dteak.requireOpencl=true. */
class OpenClDefenseTest extends DefenseContract {
  @Override
  Backend backend() {
    boolean missing = Devices.list().stream().noneMatch(d -> d.name().startsWith("opencl"));
    String why = "no OpenCL device: " + Devices.problems();
    assertFalse(missing && Boolean.getBoolean("teak.requireOpencl"), why);
    assumeFalse(missing, why);
    return Devices.open("opencl");
  }
}
