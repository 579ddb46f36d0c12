package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.Profile;
import java.util.function.UnaryOperator;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that goes away: said once and clearly, and nothing wrong is read afterwards. */
class LostDeviceTest {
  private OpenClBackend backend;
  private Buffer x;
  private final float[] back = new float[8];

  /** A queue that fails from some command on, as drivers do. */
  private static final class FailingQueue extends CommandQueue {
    private final int atLaunch;
    private final int atWait;
    private int failures;

    /**
     * @param atLaunch error of the next {@code failures} launches, 0 for none
     * @param atWait error of waits and reads, 0 for none
     */
    FailingQueue(OpenClDevice device, int atLaunch, int atWait, int failures) {
      super(device.context(), device.id(), 0);
      this.atLaunch = atLaunch;
      this.atWait = atWait;
      this.failures = failures;
    }

    private void fail(int status) {
      if (status != 0 && failures-- > 0) {
        throw new CLException(CL.stringFor_errorCode(status), status);
      }
    }

    @Override
    void launch(cl_kernel kernel, Launch launch, cl_event event) {
      fail(atLaunch);
      super.launch(kernel, launch, event);
    }

    @Override
    void read(cl_mem from, long offset, long bytes, Pointer staging, cl_event event) {
      fail(atWait);
      super.read(from, offset, bytes, staging, event);
    }

    @Override
    void finish() {
      fail(atWait);
      super.finish();
    }
  }

  @BeforeEach
  void open() {
    String name = OpenClMachine.device().name();
    backend = OpenClProvider.openWithCache(name, null);
    x = backend.allocate(DType.FLOAT32, back.length);
    backend.fill(x, 1);
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.release(x); // as scopes do on the way out, also where the device is lost
      assertEquals(0, backend.bytesInUse());
      backend.device().close();
    }
  }

  private void failing(int atLaunch, int atWait, int failures) {
    OpenClDevice device = backend.device();
    device.switchQueue(new FailingQueue(device, atLaunch, atWait, failures));
  }

  private static void assertSays(DeviceException e, String... parts) {
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void aDeviceThatTakesNoKernelIsLostOnceAndForAll() {
    failing(CL.CL_DEVICE_NOT_AVAILABLE, 0, 1);
    DeviceException first = assertThrows(DeviceException.class, () -> backend.fill(x, 2));
    assertSays(first, "opencl:", "kernel fill_real of passes.cl over", "the device is lost");
    assertSays(first, "CL_DEVICE_NOT_AVAILABLE", "last checkpoint", "--device java");
    // The driver would answer now, with numbers that nobody vouches for.
    DeviceException later = assertThrows(DeviceException.class, () -> backend.read(x, back));
    assertEquals(first.getMessage(), later.getMessage());
    assertThrows(DeviceException.class, () -> backend.write(x, back, 0));
    assertThrows(DeviceException.class, () -> backend.fill(x, 3));
    assertThrows(DeviceException.class, backend::synchronize);
  }

  @Test
  void aReadThatFailsGivesNothing() {
    failing(0, CL.CL_OUT_OF_RESOURCES, 1);
    DeviceException e = assertThrows(DeviceException.class, () -> backend.read(x, back));
    assertSays(e, "read of 32 bytes", "CL_OUT_OF_RESOURCES", "the device is lost");
    assertArrayEquals(new float[back.length], back);
    assertThrows(DeviceException.class, () -> backend.read(x, back));
  }

  @Test
  void aWaitThatFailsIsALossToo() {
    failing(0, CL.CL_OUT_OF_RESOURCES, 1);
    DeviceException e = assertThrows(DeviceException.class, backend::synchronize);
    assertSays(e, "waiting for the queue", "the device is lost");
  }

  @Test
  void aLaunchShortOfMemoryIsTriedAgain() {
    failing(CL.CL_OUT_OF_RESOURCES, 0, 1);
    backend.fill(x, 5);
    backend.read(x, back);
    assertEquals(5, back[7]);
  }

  @Test
  void aLaunchThatStaysShortOfMemorySaysWhoHoldsItAndTheDeviceGoesOn() {
    failing(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, 0, 2);
    DeviceException e = assertThrows(DeviceException.class, () -> backend.fill(x, 5));
    assertSays(e, "CL_MEM_OBJECT_ALLOCATION_FAILURE", "held", "fill_real", "pooled");
    assertFalse(backend.device().isLost());
    backend.read(x, back);
    assertEquals(1, back[7]);
  }

  @Test
  void aLossWhileAProfileIsOpenIsStillToldFirst() {
    DeviceException e =
        assertThrows(
            DeviceException.class,
            () -> {
              try (Profile profile = backend.profile()) {
                failing(CL.CL_DEVICE_NOT_AVAILABLE, 0, 1);
                backend.fill(x, 2);
              }
            });
    assertSays(e, "kernel fill_real", "the device is lost");
  }

  @Test
  void aLostDeviceIsOpenedAnewWhereItIsAskedForAgain() {
    String name = OpenClMachine.doubles().name();
    OpenClProvider provider = new OpenClProvider();
    OpenClBackend lost = (OpenClBackend) provider.open(name);
    OpenClDevice device = lost.device();
    device.switchQueue(new FailingQueue(device, 0, CL.CL_INVALID_COMMAND_QUEUE, 1));
    assertThrows(DeviceException.class, lost::synchronize);
    OpenClBackend again = (OpenClBackend) provider.open(name);
    assertNotSame(lost, again);
    again.synchronize();
  }

  @Test
  void aDriverThatListsADeviceAndKnowsNothingOfItIsAnErrorOfThatDevice() {
    Discovery.Found ghost =
        new Discovery.Found(null, null, new DeviceInfo("opencl:7", "a ghost", true));
    DeviceException e =
        assertThrows(
            DeviceException.class, () -> OpenClProvider.openNew(ghost, UnaryOperator.identity()));
    assertSays(e, "opencl:7: the device does not open: the driver answered CL_INVALID");
  }
}
