package dev.teak.nn.attribution;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;

class ReferenceAttributionTest extends AttributionContract {
  private static final Backend BACKEND = Devices.open("reference");

  @Override
  protected Backend backend() {
    return BACKEND;
  }
}
