package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

/** On the first OpenCL device; without one skipped, or failed under -Dteak.requireOpencl=true. */
class OpenClAttackTest extends AttackContract {
  @Override
  Backend backend() {
    return device();
  }

  static Backend device() {
    boolean missing = Devices.list().stream().noneMatch(d -> d.name().startsWith("opencl"));
    String why = "no OpenCL device: " + Devices.problems();
    assertFalse(missing && Boolean.getBoolean("teak.requireOpencl"), why);
    assumeFalse(missing, why);
    return Devices.open("opencl");
  }
}
