package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import java.io.File;

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
      OpenClBackend backend = (OpenClBackend) provider.open("opencl");
      System.out.println("open: " + backend.description());
      System.out.println("after its cache vanished: " + addWithoutCache(backend));
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

  /** Deletes what the driver keeps in {@code $POCL_CACHE_DIR}, then has it compile a kernel. */
  private static float addWithoutCache(OpenClBackend backend) {
    String cache = System.getenv("POCL_CACHE_DIR");
    if (cache != null) {
      delete(new File(cache));
    }
    Buffer x = backend.allocate(DType.FLOAT32, 1);
    backend.fill(x, 1);
    backend.binary(BinaryFunction.ADD, x, 1, x);
    float[] sum = new float[1];
    backend.read(x, sum);
    backend.release(x);
    return sum[0];
  }

  private static void delete(File file) {
    File[] inside = file.listFiles();
    if (inside != null) {
      for (File f : inside) {
        delete(f);
      }
    }
    if (file.exists() && !file.delete()) {
      throw new IllegalStateException("cannot delete " + file);
    }
  }
}
