package dev.teak.engine;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider;
import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.jvm.JavaBackend;
import dev.teak.engine.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The devices of this machine and the one that new tensors live on. Names are {@code java}, {@code
 * reference}, and those of every {@link BackendProvider} found, such as {@code opencl:0}.
 */
public final class Devices {
  private static final class Holder {
    static final Backend JAVA = JavaBackend.best();
    static final Backend REFERENCE = new ReferenceBackend();
    static final List<BackendProvider> PROVIDERS =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toList());
  }

  private static final ThreadLocal<Backend> CURRENT = new ThreadLocal<>();

  private Devices() {}

  /** The device that this thread's new tensors live on: {@code java} unless told otherwise. */
  public static Backend current() {
    Backend b = CURRENT.get();
    return b == null ? Holder.JAVA : b;
  }

  /** Makes a device current on this thread until the handle is closed. */
  public static Use use(Backend backend) {
    return new Use(backend);
  }

  /** Opens a device by name and makes it current on this thread until the handle is closed. */
  public static Use use(String name) {
    return new Use(open(name));
  }

  /**
   * Keeps the {@code java} device's work for this thread on it until the handle is closed. Whoever
   * has several computations to run is done sooner with one on each core than with all of them
   * sharing the device's threads. Results are the same either way.
   */
  public static OneThread oneThread() {
    return new OneThread();
  }

  /** Lets the device share out this thread's work again, if it did before. */
  public static final class OneThread implements AutoCloseable {
    private final boolean before = JavaBackend.stayOnThread(true);

    private OneThread() {}

    @Override
    public void close() {
      JavaBackend.stayOnThread(before);
    }
  }

  /** Restores the device that was current before. */
  public static final class Use implements AutoCloseable {
    private final Backend before = CURRENT.get();

    private Use(Backend backend) {
      CURRENT.set(backend);
    }

    @Override
    public void close() {
      CURRENT.set(before);
    }
  }

  /**
   * The device of this name; {@code auto} is the first GPU that works, else {@code java}.
   *
   * @throws DeviceException if there is none, naming those that there are
   */
  public static Backend open(String name) {
    switch (name) {
      case "java":
        return Holder.JAVA;
      case "reference":
        return Holder.REFERENCE;
      case "auto":
        return choose().backend();
      default:
        break;
    }
    String kind = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
    for (BackendProvider provider : Holder.PROVIDERS) {
      if (provider.kind().equals(kind)) {
        return openOrExplain(provider, name);
      }
    }
    throw new DeviceException(
        "device '"
            + name
            + "' is not known; choose auto, java, reference"
            + Holder.PROVIDERS.stream()
                .map(p -> ", " + p.kind() + "[:N]")
                .collect(Collectors.joining()));
  }

  private static Backend openOrExplain(BackendProvider provider, String name) {
    if (provider.devices().isEmpty()) {
      throw new DeviceException("device '" + name + "' is not there: " + provider.problem());
    }
    return provider.open(name);
  }

  /**
   * What {@code auto} takes.
   *
   * @param backend the first GPU that opens and adds two numbers right, else {@code java}
   * @param reason why it is this one, in a few words
   * @param failed GPUs that are there and do not work, with why, a line each
   */
  public record Choice(Backend backend, String reason, List<String> failed) {}

  /** The device that {@code auto} stands for, and why. */
  public static Choice choose() {
    return choose(Holder.PROVIDERS);
  }

  static Choice choose(List<BackendProvider> providers) {
    List<String> failed = new ArrayList<>();
    for (BackendProvider provider : providers) {
      for (DeviceInfo device : provider.devices()) {
        if (device.gpu()) {
          try {
            Backend gpu = provider.open(device.name());
            tryOut(gpu);
            return new Choice(gpu, "the first GPU that works", failed);
          } catch (DeviceException e) {
            failed.add(e.getMessage());
          }
        }
      }
    }
    return new Choice(Holder.JAVA, failed.isEmpty() ? "there is no GPU" : "no GPU works", failed);
  }

  /** Adds 1 and 2: some devices open, and then build no kernel, or do not come back from it. */
  private static void tryOut(Backend device) {
    float[] sum = new float[1];
    Buffer x = device.allocate(device.floatType(), 1);
    try {
      device.fill(x, 1);
      device.binary(BinaryFunction.ADD, x, 2, x);
      device.read(x, sum);
    } finally {
      device.release(x);
    }
    if (sum[0] != 3) {
      throw new DeviceException(device.name() + ": 1 + 2 gave " + sum[0] + " there");
    }
  }

  /**
   * Times what a device may be tuned by, on the device itself, and keeps the best for all later
   * runs.
   *
   * @param tell takes a line for each thing tried
   * @throws DeviceException if there is no such device, or nothing to tune in it
   */
  public static void tune(String name, Consumer<String> tell) {
    for (BackendProvider provider : Holder.PROVIDERS) {
      if (provider.kind().equals(name.split(":", 2)[0])) {
        provider.tune(name, tell);
        return;
      }
    }
    throw new DeviceException(open(name).name() + ": there is nothing to tune in this device");
  }

  /** Every device there is, plain Java first. */
  public static List<DeviceInfo> list() {
    List<DeviceInfo> all = new ArrayList<>();
    all.add(new DeviceInfo("java", Holder.JAVA.description(), false));
    all.add(new DeviceInfo("reference", Holder.REFERENCE.description(), false));
    for (BackendProvider provider : Holder.PROVIDERS) {
      all.addAll(provider.devices());
    }
    return all;
  }

  /** What stands in the way of further devices, a line each. */
  public static List<String> problems() {
    return Holder.PROVIDERS.stream()
        .map(BackendProvider::problem)
        .filter(p -> !p.isEmpty())
        .collect(Collectors.toList());
  }
}
