package dev.teak.attacks;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

class JavaScalarRejectionTest extends RejectionContract {
  private static final Backend BACKEND = JavaBackend.scalar();

  @Override
  Backend backend() {
    return BACKEND;
  }
}
