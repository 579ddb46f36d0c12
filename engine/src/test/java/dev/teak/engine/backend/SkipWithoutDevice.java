package dev.teak.engine.backend;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.opentest4j.TestAbortedException;

/**
 * Skips a contract whose {@code backend()} gives up with an assumption (JUnit's {@code
 * assumeTrue}): the device is not on this machine.
 */
public final class SkipWithoutDevice implements SkipExecutionHook {
  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    Class<?> container = context.optionalContainerClass().orElseThrow();
    try {
      ((OnBackend) context.newInstance(container)).backend();
      return SkipResult.doNotSkip();
    } catch (TestAbortedException e) {
      return SkipResult.skip(e.getMessage());
    }
  }
}
