package dev.teak.engine.backend;

import dev.teak.engine.jvm.JavaBackend;

/** The backend in plain Java loops, as it runs where the Vector API is absent. */
public class JavaScalarContractTest extends BackendContract {
  private static final Backend BACKEND = JavaBackend.scalar();

  @Override
  public Backend backend() {
    return BACKEND;
  }
}
