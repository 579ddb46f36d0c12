package dev.teak.attacks;

import dev.teak.engine.backend.Backend;

class JavaVectorRangeTest extends RangeContract {
  @Override
  Backend backend() {
    return JavaVectorAttackTest.device();
  }
}
