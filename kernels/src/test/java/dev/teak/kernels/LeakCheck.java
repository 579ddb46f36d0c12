package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import net.jqwik.api.lifecycle.AfterContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails every class of tests, JUnit's and jqwik's, after which a device still lends memory out,
 * with the stacks that asked for it. Both find it as a service. What was dropped, not released, may
 * come back through the garbage collector; scratch memory of the host code can not.
 */
public final class LeakCheck implements AfterAllCallback, AfterContainerHook {
  private static final int MOST_COLLECTIONS = 100;

  /** Buffers that a class was failed for already. */
  private static int told;

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    check(context.getDisplayName());
  }

  @Override
  public void afterContainer(ContainerLifecycleContext context) throws InterruptedException {
    check(context.label());
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  private static synchronized void check(String tests) throws InterruptedException {
    List<String> lent = lent();
    for (int i = 0; i < MOST_COLLECTIONS && lent.size() > told; i++) {
      System.gc();
      Thread.sleep(20);
      lent = lent();
    }
    if (lent.size() > told) {
      told = lent.size();
      fail(tests + " leaves memory behind:\n" + String.join("\n", lent));
    }
  }

  private static List<String> lent() {
    return OpenClMachine.opened().stream()
        .flatMap(device -> device.device().memory().lent().stream())
        .toList();
  }
}
