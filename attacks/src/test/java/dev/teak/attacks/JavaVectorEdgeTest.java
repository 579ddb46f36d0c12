package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class JavaVectorEdgeTest extends EdgeContract {
  @Override
  Backend backend() {
    return JavaVectorAttackTest.device();
  }
}
