package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class OpenClRangeTest extends RangeContract {
  @Override
  Backend backend() {
    return OpenClAttackTest.device();
  }
}
