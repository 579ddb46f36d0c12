package dev.teak.engine.check;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;

/** The op contract on the {@code java} backend with the Vector API. */
class JavaVectorOpContractTest extends OpContract {
  @Override
  public Backend backend() {
    assumeTrue(JavaBackend.vectorAvailable(), "this JVM has no jdk.incubator.vector module");
    return JavaBackend.vector();
  }
}
