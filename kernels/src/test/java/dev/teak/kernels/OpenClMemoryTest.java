package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The pool: what is released is used again, what is dropped comes back, what is too much is said.
 */
class OpenClMemoryTest {
  private OpenClBackend backend;

  @BeforeEach
  void open() {
    backend = OpenClMachine.device();
  }

  @Test
  void releaseBringsBytesInUseBack() {
    long before = backend.bytesInUse();
    Buffer x = backend.allocate(DType.FLOAT32, 1000);
    assertEquals(before + 4000, backend.bytesInUse());
    backend.release(x);
    assertEquals(before, backend.bytesInUse());
  }

  @Test
  void aThousandCyclesDoNotGrow() {
    long held = 0;
    for (int cycle = 0; cycle < 1000; cycle++) {
      List<Buffer> buffers = new ArrayList<>();
      for (int size : new int[] {0, 1, 100, 5000, 70_000}) {
        buffers.add(backend.allocate(DType.FLOAT32, size));
      }
      // Released while the commands that use them are still queued.
      backend.fill(buffers.get(4), cycle);
      backend.unary(UnaryFunction.EXP, buffers.get(4), buffers.get(4));
      buffers.forEach(backend::release);
      if (cycle == 0) {
        held = backend.bytesFromDriver();
      }
    }
    assertEquals(held, backend.bytesFromDriver());
  }

  @Test
  void droppedBuffersComeBackAndAreTold() throws InterruptedException {
    long before = backend.bytesInUse();
    String told =
        StandardError.during(
            () -> {
              for (int i = 0; i < 10; i++) {
                backend.allocate(DType.FLOAT32, 1000);
              }
              for (int i = 0; i < 100 && backend.bytesInUse() > before; i++) {
                System.gc();
                Thread.sleep(20);
              }
            });
    assertEquals(before, backend.bytesInUse());
    String leak = "a buffer of 4000 bytes, first used by null, was dropped without being released";
    assertEquals(10, told.lines().filter(line -> line.endsWith(leak)).count(), told);
    assertTrue(told.contains("OpenClMemoryTest"), told);
  }

  @Test
  void whatIsHeldIsReportedWithItsFirstUse() {
    int before = backend.device().memory().lent().size();
    Buffer x = backend.allocate(DType.FLOAT32, 12);
    backend.fill(x, 1);
    List<String> held = backend.device().memory().lent();
    assertEquals(before + 1, held.size());
    assertTrue(held.stream().anyMatch(h -> h.matches("(?s).*48 bytes, first used by fill.*")));
    backend.release(x);
    assertEquals(before, backend.device().memory().lent().size());
  }

  @Test
  void tooMuchIsAnErrorThatSaysHowMuch() {
    List<Buffer> lent = new ArrayList<>();
    try {
      DeviceException e =
          assertThrows(
              DeviceException.class,
              () -> {
                // Only asked for, never touched: drivers back memory when it is first used.
                for (int i = 0; i < 100_000; i++) {
                  lent.add(backend.allocate(DType.FLOAT32, Integer.MAX_VALUE));
                }
              });
      for (String part : new String[] {"opencl:0", "asked 8192.0 MiB", "held", "free"}) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
    } finally {
      lent.forEach(backend::release);
      backend.device().memory().trim();
    }
  }

  @Test
  void theBackendWorksOnAfterRunningOut() {
    tooMuchIsAnErrorThatSaysHowMuch();
    Buffer x = backend.allocate(DType.FLOAT32, 10);
    backend.fill(x, 3);
    float[] back = new float[10];
    backend.read(x, back);
    assertEquals(3, back[9]);
    backend.release(x);
  }

  @Test
  void classesLoseAQuarterAtMost() {
    for (long bytes = 1; bytes < 1L << 40; bytes = bytes * 3 / 2 + 1) {
      long capacity = OpenClMemory.capacity(bytes);
      assertTrue(capacity >= bytes && (capacity <= 256 || capacity <= bytes * 5 / 4 + 1));
      assertEquals(capacity, OpenClMemory.capacity(capacity));
    }
  }

  @Test
  void manyThreadsShareADevice() throws InterruptedException {
    Backend shared = backend;
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      float mine = t;
      threads.add(new Thread(() -> fillAndCheck(shared, mine)));
    }
    threads.forEach(t -> t.setUncaughtExceptionHandler((thread, e) -> failures.add(e)));
    threads.forEach(Thread::start);
    for (Thread t : threads) {
      t.join();
    }
    assertEquals(List.of(), failures);
  }

  private static void fillAndCheck(Backend shared, float mine) {
    float[] back = new float[777];
    for (int i = 0; i < 200; i++) {
      Buffer x = shared.allocate(DType.FLOAT32, back.length);
      shared.fill(x, mine);
      shared.unary(UnaryFunction.SQUARE, x, x);
      shared.read(x, back);
      shared.release(x);
      assertEquals(mine * mine, back[i]);
    }
  }
}
