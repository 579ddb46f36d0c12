package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.MatMulGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Finds the {@link Tuning} of a device by timing products of the usual kinds: one setting after the
 * other, each time keeping the best.
 */
final class Tuner {
  private static final int ROUNDS = 7;

  /** A candidate must win by this much, or chance would choose. */
  private static final double GAIN = 0.98;

  private final OpenClDevice device;
  private final Consumer<String> tell;

  Tuner(OpenClDevice device, Consumer<String> tell) {
    this.device = device;
    this.tell = tell;
  }

  /** The best that was found, beginning at the usual. */
  Tuning best() {
    DeviceTraits traits = device.traits();
    Tuning best = Tuning.usual(traits);
    if (!traits.processor()) {
      return better(best, "group's square", TuningFile.GPU_TILES.stream().map(best::withGpu));
    }
    best = better(best, "wide tile", tiles(traits).map(best::withWide));
    best = better(best, "narrow tile", tiles(traits).map(best::withNarrow));
    best = better(best, "step", Stream.of(128, 256, 384, 512).map(best::withStep));
    List<Tuning> items = new ArrayList<>();
    for (int rows : new int[] {24, 48, 96}) {
      for (int columns : new int[] {256, 512, 1024}) {
        items.add(best.withItem(rows, columns));
      }
    }
    best = better(best, "item", items.stream());
    return better(best, "items a unit", Stream.of(8, 16, 32).map(best::withItemsPerUnit));
  }

  /** Tiles whose sums and operands fit the registers: 32 of them where vectors have 512 bits. */
  private static Stream<TileShape> tiles(DeviceTraits traits) {
    int registers = traits.lanes() * traits.real().bytes() == 64 ? 32 : 16;
    return TuningFile.TILES.stream()
        .filter(t -> t.rows() * t.vectors() + t.vectors() + 1 <= registers);
  }

  private Tuning better(Tuning start, String what, Stream<Tuning> candidates) {
    Tuning best = start;
    double bestSeconds = seconds(start);
    for (Tuning candidate : candidates.filter(c -> !c.equals(start)).toList()) {
      double seconds;
      try {
        seconds = seconds(candidate);
      } catch (DeviceException e) {
        tell.accept(what + ": " + candidate + " does not fit (" + e.getMessage() + ")");
        continue;
      }
      tell.accept(
          String.format(
              Locale.ROOT,
              "%s: %.2f ms, best %.2f ms: %s",
              what,
              seconds * 1e3,
              bestSeconds * 1e3,
              candidate));
      if (seconds < bestSeconds * GAIN) {
        best = candidate;
        bestSeconds = seconds;
      }
    }
    return best;
  }

  /** Geometric mean of the works' medians. */
  private double seconds(Tuning tuning) {
    OpenClBackend backend = new OpenClBackend(device, "", tuning);
    // A square product, one with a narrow right side, and a convolution with both gradients.
    double logs =
        Math.log(product(backend, 1024, 1024, 1024))
            + Math.log(product(backend, 8192, 32, 288))
            + Math.log(
                convolution(backend, new ConvGeometry(32, 16, 16, 64, 128, 3, 3, 2, 1, 1, 1)));
    return Math.exp(logs / 3);
  }

  private double product(OpenClBackend backend, int m, int n, int k) {
    Buffer a = zeros(backend, m * k);
    Buffer b = zeros(backend, k * n);
    Buffer out = zeros(backend, m * n);
    MatMulGeometry g = new MatMulGeometry(1, m, n, k, false, false, false, false);
    return median(backend, () -> backend.matmul(g, a, b, out), a, b, out);
  }

  private double convolution(OpenClBackend backend, ConvGeometry g) {
    Buffer x = zeros(backend, g.input().size());
    Buffer w = zeros(backend, g.weight().size());
    Buffer y = zeros(backend, g.output().size());
    return median(
        backend,
        () -> {
          backend.conv2d(g, x, w, null, y);
          backend.conv2dInputGrad(g, y, w, x);
          backend.conv2dWeightGrad(g, x, y, w);
        },
        x,
        w,
        y);
  }

  /** Zeros, so that no round's numbers grow. */
  private static Buffer zeros(OpenClBackend backend, int size) {
    Buffer buffer = backend.allocate(backend.floatType(), size);
    backend.fill(buffer, 0);
    return buffer;
  }

  private static double median(OpenClBackend backend, Runnable work, Buffer... buffers) {
    double[] seconds = new double[ROUNDS];
    try {
      work.run(); // compiles
      backend.synchronize();
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        work.run();
        backend.synchronize();
        seconds[round] = (System.nanoTime() - start) * 1e-9;
      }
    } finally {
      for (Buffer buffer : buffers) {
        backend.release(buffer);
      }
    }
    Arrays.sort(seconds);
    return seconds[ROUNDS / 2];
  }
}
