package dev.teak.attacks;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

class ReferenceRangeTest extends RangeContract {
  @Override
  Backend backend() {
    return Devices.open("reference");
  }
}
