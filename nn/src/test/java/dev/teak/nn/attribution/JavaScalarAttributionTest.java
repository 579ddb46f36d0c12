package dev.teak.nn.attribution;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

class JavaScalarAttributionTest extends AttributionContract {
  private static final Backend BACKEND = JavaBackend.scalar();

  @Override
  protected Backend backend() {
    return BACKEND;
  }
}
