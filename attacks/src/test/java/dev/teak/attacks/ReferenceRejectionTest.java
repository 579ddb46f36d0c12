package dev.teak.attacks;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

class ReferenceRejectionTest extends RejectionContract {
  @Override
  Backend backend() {
    return Devices.open("reference");
  }
}
