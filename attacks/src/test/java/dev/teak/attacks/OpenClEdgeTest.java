package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class OpenClEdgeTest extends EdgeContract {
  @Override
  Backend backend() {
    return OpenClAttackTest.device();
  }
}
