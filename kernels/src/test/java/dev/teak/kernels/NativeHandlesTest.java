package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.Profile;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.junit.jupiter.api.Test;

/**
 * Queues, programs, kernels, events and memory each hold a reference to their context, in drivers
 * that count so; when a device has closed, none may be left.
 */
class NativeHandlesTest {
  @Test
  void aClosedDeviceLeavesNoHandleBehind() {
    OpenClBackend backend = OpenClProvider.openWithCache(OpenClMachine.device().name(), null);
    OpenClDevice device = backend.device();
    cl_context context = device.context();
    CL.clRetainContext(context);
    try {
      Buffer held = work(backend);
      String told = StandardError.during(device::close);
      assertTrue(
          told.contains("a buffer of 8192 bytes, first used by winograd_convolve, is still"));
      assertEquals(1, references(context));
      backend.release(held);
    } finally {
      device.close();
      CL.clReleaseContext(context);
    }
  }

  /** Some of everything; gives a buffer that was not given back. */
  private static Buffer work(OpenClBackend backend) {
    ConvGeometry g = ConvGeometry.square(2, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1);
    Buffer x = backend.allocate(DType.FLOAT32, g.input().size());
    Buffer w = backend.allocate(DType.FLOAT32, g.weight().size());
    Buffer y = backend.allocate(DType.FLOAT32, g.output().size());
    float[] back = new float[y.size()];
    backend.fill(x, 0);
    backend.fill(w, 0);
    try (Profile profile = backend.profile()) {
      backend.conv2d(g, x, w, null, y);
      backend.conv2dWeightGrad(g, x, y, w);
      backend.read(y, back);
      profile.rows();
      backend.conv2dInputGrad(g, y, w, x);
    }
    backend.conv2d(g, x, w, null, y); // its scratch memory waits in the pool
    backend.read(y, back);
    assertArrayEquals(new float[y.size()], back);
    assertThrows(
        DeviceException.class,
        () -> {
          synchronized (backend.device()) {
            backend.device().programs().build("broken.cl", "kernel void f() { g(); }", "");
          }
        });
    OpenClDevice device = backend.device();
    assertThrows(CLException.class, () -> new CommandQueue(device.context(), device.id(), -1L));
    backend.release(x);
    backend.release(w);
    return y;
  }

  private static int references(cl_context context) {
    int[] count = new int[1];
    CL.clGetContextInfo(
        context, CL.CL_CONTEXT_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null);
    return count[0];
  }
}
