package dev.teak.nn.attribution;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

/** Skipped where the JVM has no Vector API. */
class JavaVectorAttributionTest extends AttributionContract {
  /** Made when it is first asked for: there may be none. */
  private static final class Holder {
    static final Backend BACKEND = JavaBackend.vector();
  }

  @Override
  protected Backend backend() {
    assumeTrue(JavaBackend.vectorAvailable(), "this JVM runs without the Vector API");
    return Holder.BACKEND;
  }
}
