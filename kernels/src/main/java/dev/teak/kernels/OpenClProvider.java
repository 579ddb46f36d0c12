package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
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
  public Class<? extends Backend> type() {
    return OpenClBackend.class;
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
      if (known == null || known.device().isLost()) { // a driver may have brought it back
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

  @Override
  public void tune(String name, Consumer<String> tell) {
    Discovery.Found found = find(name.equals(kind()) ? kind() + ":0" : name);
    OpenClDevice device = openDevice(found, UnaryOperator.identity(), OpenClProvider::programCache);
    try {
      Tuning best = new Tuner(device, tell).best();
      new TuningFile(cache(found), device.traits()).write(best);
      tell.accept("kept: " + best.text(device.traits()));
    } finally {
      device.close();
    }
  }

  /** A device of its own whose compiled kernels are kept in {@code cache}: for tests. */
  static OpenClBackend openWithCache(String name, ProgramCache cache) {
    Discovery.Found found = find(name);
    return backend(found, openDevice(found, UnaryOperator.identity(), f -> cache));
  }

  static OpenClBackend openNew(Discovery.Found found, UnaryOperator<DeviceTraits> form) {
    return backend(found, openDevice(found, form, OpenClProvider::programCache));
  }

  private static OpenClBackend backend(Discovery.Found found, OpenClDevice device) {
    Tuning tuning = new TuningFile(cache(found), device.traits()).read();
    return new OpenClBackend(device, found.info().description(), tuning);
  }

  /** What is remembered of a device: its tuning and its programs. */
  private static ProgramCache cache(Discovery.Found found) {
    String platform = ClInfo.text(found.platform(), CL.CL_PLATFORM_VERSION);
    return new ProgramCache(
        ProgramCache.defaultFolder(), platform + "\n" + found.info().description());
  }

  /** Null for PoCL, which keeps what it compiled itself, for each size of a work-group. */
  private static ProgramCache programCache(Discovery.Found found) {
    boolean pocl = ClInfo.text(found.platform(), CL.CL_PLATFORM_VERSION).contains("PoCL");
    return pocl ? null : cache(found);
  }

  private static OpenClDevice openDevice(
      Discovery.Found found,
      UnaryOperator<DeviceTraits> form,
      Function<Discovery.Found, ProgramCache> cache) {
    String name = found.info().name();
    try {
      DeviceTraits traits = form.apply(DeviceTraits.of(name, found.device()));
      return new OpenClDevice(traits, found.platform(), found.device(), cache.apply(found));
    } catch (CLException e) {
      throw new DeviceException(
          name + ": the device does not open: the driver answered " + e.getMessage(), e);
    }
  }
}
