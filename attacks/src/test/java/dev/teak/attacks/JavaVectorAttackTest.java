package dev.teak.attacks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

class JavaVectorAttackTest extends AttackContract {
  /** Made on first use, so that nothing of the Vector API is loaded before it is known there. */
  private static final class Holder {
    static final Backend BACKEND = JavaBackend.vector();
  }

  @Override
  Backend backend() {
    return device();
  }

  /** Aborts the test where there is no Vector API. */
  static Backend device() {
    assumeTrue(JavaBackend.vectorAvailable(), "this JVM runs without the Vector API");
    return Holder.BACKEND;
  }
}
