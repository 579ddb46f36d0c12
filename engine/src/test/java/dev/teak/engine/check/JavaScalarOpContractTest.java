package dev.teak.engine.check;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

/** The op contract on the {@code java} backend's scalar twin. */
class JavaScalarOpContractTest extends OpContract {
  @Override
  public Backend backend() {
    return JavaBackend.scalar();
  }
}
