package dev.teak.kernels;

import dev.teak.engine.DeviceException;

/**
 * A program that prints what the provider makes of its environment, and whether Java still divides.
 */
final class OpenClProbe {
  private OpenClProbe() {}

  /** Started by {@link OpenClSafetyTest}. */
  public static void main(String[] args) {
    OpenClProvider provider = new OpenClProvider();
    System.out.println("devices: " + provider.devices().size());
    System.out.println("problem: " + provider.problem());
    try {
      System.out.println("open: " + provider.open("opencl").description());
    } catch (DeviceException e) {
      System.out.println("open: DeviceException: " + e.getMessage());
    }
    try {
      int zero = args.length;
      System.out.println("division gives " + 100 / zero);
    } catch (ArithmeticException e) {
      System.out.println("division throws");
    }
  }
}
