package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The same work on an OpenCL device and on the reference backend, and the comparison of both. */
final class OpenClPair {
  private final Backend device;
  private final Backend reference = new ReferenceBackend();
  private final Random random = new Random(7);
  private final List<Buffer> lent = new ArrayList<>();

  OpenClPair(Backend device) {
    this.device = device;
  }

  /** One operand on both backends. */
  record Both(Buffer device, Buffer reference) {
    Buffer on(Backend b) {
      return b instanceof ReferenceBackend ? reference : device;
    }
  }

  /** Something to do on either backend. */
  interface Work {
    void on(Backend b);
  }

  Both floats(double... values) {
    Both both = empty(values.length);
    // Both sides get the float32 value, so that only the work itself differs.
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    device.write(both.device, rounded);
    reference.write(both.reference, rounded);
    return both;
  }

  Both ints(int... values) {
    Both both = empty(DType.INT32, DType.INT32, values.length);
    device.write(both.device, values);
    reference.write(both.reference, values);
    return both;
  }

  Both random(int n) {
    return floats(random.doubles(n, -2, 2).toArray());
  }

  Both empty(int n) {
    return empty(device.floatType(), DType.FLOAT64, n);
  }

  Both bytes(int n) {
    return empty(DType.UINT8, DType.UINT8, n);
  }

  Both integers(int n) {
    return empty(DType.INT32, DType.INT32, n);
  }

  private Both empty(DType onDevice, DType onReference, int n) {
    Both both = new Both(device.allocate(onDevice, n), reference.allocate(onReference, n));
    lent.add(both.device);
    return both;
  }

  void run(Work work) {
    work.on(device);
    work.on(reference);
  }

  /** Compares floats: the difference may be {@code tolerance} of the larger of 1 and the value. */
  void assertSame(String what, Both both, double tolerance) {
    double[] got = new double[both.device.size()];
    double[] want = new double[got.length];
    device.read(both.device, got);
    reference.read(both.reference, want);
    for (int i = 0; i < got.length; i++) {
      boolean close = Math.abs(got[i] - want[i]) <= tolerance * Math.max(1, Math.abs(want[i]));
      boolean equal = Double.compare(got[i], want[i]) == 0 || got[i] == (float) want[i];
      int at = i;
      assertTrue(
          equal || close, () -> what + "[" + at + "]: got " + got[at] + ", expects " + want[at]);
    }
  }

  void assertSameInts(String what, Both both) {
    int[] got = new int[both.device.size()];
    int[] want = new int[got.length];
    device.read(both.device, got);
    reference.read(both.reference, want);
    for (int i = 0; i < got.length; i++) {
      assertEquals(want[i], got[i], what + "[" + i + "]");
    }
  }

  void close() {
    lent.forEach(device::release);
    lent.clear();
  }

  /** Whether a product of random matrices is the reference's. */
  static boolean productIsRight(Backend device, int m, int n, int k) {
    OpenClPair pair = new OpenClPair(device);
    try {
      Both a = pair.random(m * k);
      Both b = pair.random(k * n);
      Both out = pair.empty(m * n);
      MatMulGeometry g = new MatMulGeometry(1, m, n, k, false, false, false, false);
      pair.run(on -> on.matmul(g, a.on(on), b.on(on), out.on(on)));
      pair.assertSame("product", out, 1e-5);
      return true;
    } finally {
      pair.close();
    }
  }
}
