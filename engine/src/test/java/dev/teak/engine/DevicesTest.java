package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider;
import dev.teak.engine.reference.ReferenceBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What {@code auto} makes of machines that are not here. */
class DevicesTest {
  private final Machine machine = new Machine();

  /** A kind of devices, each with what happens when it is opened. */
  private static final class Machine implements BackendProvider {
    private final List<DeviceInfo> infos = new ArrayList<>();
    private final Map<String, Supplier<Backend>> devices = new LinkedHashMap<>();

    void add(String name, boolean gpu, Supplier<Backend> device) {
      infos.add(new DeviceInfo(name, "for a test", gpu));
      devices.put(name, device);
    }

    @Override
    public String kind() {
      return "fake";
    }

    @Override
    public Class<? extends Backend> type() {
      return Backend.class;
    }

    @Override
    public List<DeviceInfo> devices() {
      return infos;
    }

    @Override
    public String problem() {
      return "";
    }

    @Override
    public Backend open(String name) {
      return devices.get(name).get();
    }

    @Override
    public void tune(String name, Consumer<String> tell) {}
  }

  /** A device on which one method does something else. */
  private static Backend with(String method, Runnable instead) {
    Backend working = new ReferenceBackend();
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, called, args) -> {
              if (called.getName().equals(method)) {
                instead.run();
                return null;
              }
              try {
                return called.invoke(working, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Backend failing(String message) {
    throw new DeviceException(message);
  }

  private Devices.Choice choose() {
    return Devices.choose(List.of(machine));
  }

  @Test
  void withoutAGpuAutoIsJava() {
    machine.add("fake:0", false, ReferenceBackend::new);
    Devices.Choice choice = choose();
    assertSame(Devices.open("java"), choice.backend());
    assertEquals("there is no GPU", choice.reason());
    assertEquals(List.of(), choice.failed());
  }

  @Test
  void theFirstGpuThatWorksIsTakenAndThoseBeforeItAreNamed() {
    Backend good = new ReferenceBackend();
    machine.add("fake:0", true, () -> failing("fake:0: does not open"));
    machine.add("fake:1", true, () -> good);
    machine.add("fake:2", true, () -> failing("never asked"));
    Devices.Choice choice = choose();
    assertSame(good, choice.backend());
    assertEquals(List.of("fake:0: does not open"), choice.failed());
  }

  @Test
  void gpusThatOpenAndThenFailLeaveJavaAndSaySo() {
    machine.add("fake:0", true, () -> with("fill", () -> failing("fake:0: builds no kernel")));
    machine.add("fake:1", true, () -> with("read", () -> failing("fake:1: is lost")));
    machine.add("fake:2", true, () -> with("binary", () -> {}));
    Devices.Choice choice = choose();
    assertSame(Devices.open("java"), choice.backend());
    assertEquals("no GPU works", choice.reason());
    assertEquals(3, choice.failed().size());
    assertEquals("fake:0: builds no kernel", choice.failed().get(0));
    assertEquals("fake:1: is lost", choice.failed().get(1));
    assertTrue(choice.failed().get(2).endsWith("1 + 2 gave 1.0 there"), choice.failed().get(2));
  }
}
