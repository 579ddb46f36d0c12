package dev.teak.defenses;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

class ReferenceDefenseTest extends DefenseContract {
  @Override
  Backend backend() {
    return Devices.open("reference");
  }
}
