package dev.teak.attacks;

import dev.teak.engine.backend.Backend;
import dev.teak.nn.attribution.AttributionContract;

/** Attributions on the OpenCL device: the module that has them knows no such. */
class OpenClAttributionTest extends AttributionContract {
  @Override
  protected Backend backend() {
    return OpenClAttackTest.device();
  }
}
