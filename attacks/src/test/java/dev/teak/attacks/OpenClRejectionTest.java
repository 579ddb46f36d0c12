package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class OpenClRejectionTest extends RejectionContract {
  @Override
  Backend backend() {
    return OpenClAttackTest.device();
  }
}
