package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocl.CL;
import org.jocl.CLException;

/**
 * Finds and opens OpenCL devices: {@code opencl:0}, {@code opencl:1} and so on, GPUs first; {@code
 * opencl} opens the first, {@code opencl:0:float64} a device in double precision, for gradient
 * checks.
 */
public final class OpenClProvider implements BackendProvider {
  private static final String DOUBLES = ":float64";

  private static final Map<String, OpenClBackend> OPEN = new HashMap<>();

  /** The machine as it was on the first look; shared, for a device is opened once in a process. */
  private static final class Machine {
    private static final Discovery DISCOVERY = Discovery.run();
  }

  /** For {@link java.util.ServiceLoader}. */
  public OpenClProvider() {}

  @Override
  public String kind() {
    return "opencl";
  }

  @Override
  public List<DeviceInfo> devices() {
    return Machine.DISCOVERY.found().stream().map(Discovery.Found::info).toList();
  }

  @Override
  public String problem() {
    return Machine.DISCOVERY.problem();
  }

  @Override
  public Backend open(String name) {
    String full = name.equals(kind()) ? kind() + ":0" : name;
    synchronized (OPEN) {
      OpenClBackend known = OPEN.get(full);
      if (known == null) {
        known =
            full.endsWith(DOUBLES)
                ? openNew(
                    find(full.substring(0, full.length() - DOUBLES.length())),
                    traits -> traits.inDoubles(full))
                : openNew(find(full), UnaryOperator.identity());
        OPEN.put(full, known);
      }
      return known;
    }
  }

  /**
   * Another backend on a device, with kernels for vectors of {@code lanes}, or 1 for a GPU: for
   * tests.
   */
  static OpenClBackend openWithLanes(String name, int lanes) {
    return openNew(find(name), traits -> traits.withLanes(lanes));
  }

  private static Discovery.Found find(String name) {
    Discovery discovery = Machine.DISCOVERY;
    return discovery.found().stream()
        .filter(f -> f.info().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DeviceException(missing(name, discovery)));
  }

  private static String missing(String name, Discovery discovery) {
    if (discovery.found().isEmpty()) {
      return name + ": " + discovery.problem();
    }
    List<String> names = discovery.found().stream().map(f -> f.info().name()).toList();
    String hint = discovery.problem().isEmpty() ? "" : "; " + discovery.problem();
    return name + ": no such device, there are " + names + hint;
  }

  private static OpenClBackend openNew(Discovery.Found found, UnaryOperator<DeviceTraits> form) {
    return openNew(found, form, cache(found));
  }

  /** A device of its own whose compiled kernels are kept in {@code cache}: for tests. */
  static OpenClBackend openWithCache(String name, ProgramCache cache) {
    return openNew(find(name), UnaryOperator.identity(), cache);
  }

  /** PoCL keeps what it compiled itself, for each size of a group, which no program tells. */
  private static ProgramCache cache(Discovery.Found found) {
    String platform = ClInfo.text(found.platform(), CL.CL_PLATFORM_VERSION);
    if (platform.contains("PoCL")) {
      return null;
    }
    String driver = ClInfo.text(found.device(), CL.CL_DRIVER_VERSION);
    return new ProgramCache(
        ProgramCache.defaultFolder(),
        String.join("\n", platform, driver, found.info().description()));
  }

  private static OpenClBackend openNew(
      Discovery.Found found, UnaryOperator<DeviceTraits> form, ProgramCache cache) {
    String name = found.info().name();
    try {
      DeviceTraits traits = form.apply(DeviceTraits.of(name, found.device()));
      OpenClDevice device = new OpenClDevice(traits, found.platform(), found.device(), cache);
      return new OpenClBackend(device, found.info().description(), Tuning.usual(traits));
    } catch (CLException e) {
      throw new DeviceException(
          name + ": the device does not open: the driver answered " + e.getMessage(), e);
    }
  }
}
