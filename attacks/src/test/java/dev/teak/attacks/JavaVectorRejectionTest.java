package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class JavaVectorRejectionTest extends RejectionContract {
  @Override
  Backend backend() {
    return JavaVectorAttackTest.device();
  }
}
