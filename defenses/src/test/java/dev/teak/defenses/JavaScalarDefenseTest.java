package dev.teak.defenses;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

class JavaScalarDefenseTest extends DefenseContract {
  private static final Backend BACKEND = JavaBackend.scalar();

  @Override
  Backend backend() {
    return BACKEND;
  }
}
