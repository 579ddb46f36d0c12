package dev.teak.attacks;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

class ReferenceEdgeTest extends EdgeContract {
  @Override
  Backend backend() {
    return Devices.open("reference");
  }
}
