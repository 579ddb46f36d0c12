package dev.teak.engine.backend;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the calls that the engine makes of a device, by method: what a backward pass ran, and what
 * it did not. Tensors have to be made on {@link #device}, which passes everything on.
 */
public final class CallCounter {
  private final Map<String, Long> counts = new ConcurrentHashMap<>();
  private final Backend device;

  /** Of the calls of a device, from now on. */
  public CallCounter(Backend counted) {
    device =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> call(counted, proxy, method, arguments));
  }

  /** The device that counts: for {@code Devices.use}. */
  public Backend device() {
    return device;
  }

  /**
   * Calls since the last {@link #reset}, by method name; methods that were not called are left out.
   */
  public Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** Calls of one method since the last {@link #reset}. */
  public long count(String method) {
    return counts.getOrDefault(method, 0L);
  }

  /** Begins anew. */
  public void reset() {
    counts.clear();
  }

  private Object call(Backend counted, Object proxy, Method method, Object... arguments)
      throws Throwable {
    if (method.getName().equals("equals")) {
      return proxy == arguments[0]; // a device is itself, as ops that compare devices expect
    }
    if (method.getDeclaringClass() != Object.class) {
      counts.merge(method.getName(), 1L, Long::sum);
    }
    try {
      return method.invoke(counted, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
