package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.jvm.JavaBackend;

/** The backend on the JDK's Vector API, where this JVM has it. */
public class JavaVectorContractTest extends BackendContract {
  /**
   * Made on first use, so that nothing of the Vector API is loaded before it is known to be there.
   */
  private static final class Holder {
    static final Backend BACKEND = JavaBackend.vector();
  }

  @Override
  public Backend backend() {
    assumeTrue(
        JavaBackend.vectorAvailable(), "this JVM runs without --add-modules jdk.incubator.vector");
    return Holder.BACKEND;
  }
}
