package dev.teak.engine.backend;

import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the devices of one kind; implementations are found by {@link java.util.ServiceLoader}. A
 * provider whose driver is missing lists nothing and says why in {@link #problem}.
 */
public interface BackendProvider {
  /** The kind's name, the part of a device's name before any colon: {@code opencl}. */
  String kind();

  /** The class of all devices of this kind: what it can do is told without opening one. */
  Class<? extends Backend> type();

  /** The devices there are, opened or not: name and description of each; never throws. */
  List<DeviceInfo> devices();

  /** Why {@link #devices} is empty or short, in one line; empty where nothing is wrong. */
  String problem();

  /**
   * Opens a device, once: later calls give the same backend.
   *
   * @throws dev.teak.engine.DeviceException if there is no such device or it does not open
   */
  Backend open(String name);

  /**
   * Finds what suits a device best by timing it, and remembers that for whoever opens it later.
   *
   * @param tell takes a line for each thing tried
   * @throws dev.teak.engine.DeviceException if there is no such device
   */
  void tune(String name, Consumer<String> tell);

  /**
   * What a device is.
   *
   * @param name what {@code --device} takes
   * @param description hardware, driver, memory, compute units
   * @param gpu whether {@code --device auto} should prefer it
   */
  record DeviceInfo(String name, String description, boolean gpu) {}
}
