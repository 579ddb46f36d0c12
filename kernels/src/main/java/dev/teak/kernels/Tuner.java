package dev.teak.kernels;

import dev.teak.engine.DeviceException;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.MatMulGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Finds the {@link Tuning} of a device by timing products of the usual kinds: one setting after the
 * other, each time keeping the best. The choices of a setting take turns, and each is compared with
 * what the same round gave the best so far: a machine's slow minutes then slow all of them alike.
 */
final class Tuner {
  private static final int ROUNDS = 9;

  /** A choice must win by this much, or chance would choose. */
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
    try (Works works = new Works(new OpenClBackend(device, "", best))) {
      if (!traits.processor()) {
        return better(works, best, "group", TuningFile.GPU_TILES, Tuning::withGpu);
      }
      best = better(works, best, "wide tile", tiles(traits), Tuning::withWide);
      best = better(works, best, "narrow tile", tiles(traits), Tuning::withNarrow);
      best = better(works, best, "step", List.of(128, 256, 384, 512), Tuning::withStep);
      best = better(works, best, "rows of an item", List.of(24, 48, 96), Tuning::withItemRows);
      List<Integer> columns = List.of(256, 512, 1024);
      best = better(works, best, "columns of an item", columns, Tuning::withItemColumns);
      return better(works, best, "items a unit", List.of(8, 16, 32), Tuning::withItemsPerUnit);
    }
  }

  /** Tiles whose sums and operands fit the registers: 32 of them where vectors have 512 bits. */
  private static List<TileShape> tiles(DeviceTraits traits) {
    int registers = traits.lanes() * traits.real().bytes() == 64 ? 32 : 16;
    return TuningFile.TILES.stream()
        .filter(t -> t.rows() * t.vectors() + t.vectors() + 1 <= registers)
        .toList();
  }

  private <T> Tuning better(
      Works works, Tuning start, String what, List<T> choices, BiFunction<Tuning, T, Tuning> with) {
    List<Tuning> runners = new ArrayList<>(List.of(start));
    List<OpenClBackend> backends = new ArrayList<>(List.of(new OpenClBackend(device, "", start)));
    List<T> fitting = new ArrayList<>();
    works.seconds(backends.get(0)); // compiles
    for (T choice : choices) {
      Tuning candidate = with.apply(start, choice);
      if (candidate.equals(start)) {
        continue;
      }
      OpenClBackend backend = new OpenClBackend(device, "", candidate);
      try {
        works.seconds(backend); // compiles, and shows whether it fits
      } catch (DeviceException e) {
        tell.accept(what + " " + choice + " does not fit (" + e.getMessage() + ")");
        continue;
      }
      runners.add(candidate);
      backends.add(backend);
      fitting.add(choice);
    }
    double[] ratios = ratios(works, backends);
    int best = 0;
    for (int i = 1; i < ratios.length; i++) {
      T choice = fitting.get(i - 1);
      tell.accept(String.format(Locale.ROOT, "%s %s: %.2f of the time", what, choice, ratios[i]));
      if (ratios[i] < Math.min(GAIN, ratios[best])) {
        best = i;
      }
    }
    return runners.get(best);
  }

  /** Median over the rounds of each one's time as a share of the first one's. */
  private static double[] ratios(Works works, List<OpenClBackend> backends) {
    double[][] ratios = new double[backends.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double first = works.seconds(backends.get(0));
      for (int i = 0; i < ratios.length; i++) {
        ratios[i][round] = i == 0 ? 1 : works.seconds(backends.get(i)) / first;
      }
    }
    return Arrays.stream(ratios)
        .mapToDouble(r -> Arrays.stream(r).sorted().toArray()[ROUNDS / 2])
        .toArray();
  }

  /**
   * What is timed: a square product, one with a narrow right side, and a convolution with both its
   * gradients. The operands are zeros, so that no round's numbers grow.
   */
  private static final class Works implements AutoCloseable {
    private static final MatMulGeometry SQUARE = product(1024, 1024, 1024);
    private static final MatMulGeometry NARROW = product(8192, 32, 288);
    private static final ConvGeometry CONV =
        ConvGeometry.square(32, 16, 16, 64, 128, 3, 3, 2, 1, 1, 1);

    private final OpenClBackend owner;
    private final List<Buffer> buffers = new ArrayList<>();
    private final Buffer[] square;
    private final Buffer[] narrow;
    private final Buffer[] conv;

    Works(OpenClBackend owner) {
      this.owner = owner;
      this.square = zeros(1024 * 1024, 1024 * 1024, 1024 * 1024);
      this.narrow = zeros(8192 * 288, 288 * 32, 8192 * 32);
      this.conv = zeros(CONV.input().size(), CONV.weight().size(), CONV.output().size());
    }

    private static MatMulGeometry product(int m, int n, int k) {
      return new MatMulGeometry(1, m, n, k, false, false, false, false);
    }

    private Buffer[] zeros(int... sizes) {
      Buffer[] made = new Buffer[sizes.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = owner.allocate(owner.floatType(), sizes[i]);
        owner.fill(made[i], 0);
        buffers.add(made[i]);
      }
      return made;
    }

    /** Geometric mean of the works' times, so that the longest does not decide alone. */
    double seconds(OpenClBackend backend) {
      return Math.cbrt(
          timed(backend, () -> backend.matmul(SQUARE, square[0], square[1], square[2]))
              * timed(backend, () -> backend.matmul(NARROW, narrow[0], narrow[1], narrow[2]))
              * timed(backend, () -> convolution(backend)));
    }

    private void convolution(OpenClBackend backend) {
      backend.conv2d(CONV, conv[0], conv[1], null, conv[2]);
      backend.conv2dInputGrad(CONV, conv[2], conv[1], conv[0]);
      backend.conv2dWeightGrad(CONV, conv[0], conv[2], conv[1]);
    }

    private static double timed(OpenClBackend backend, Runnable work) {
      backend.synchronize();
      long start = System.nanoTime();
      work.run();
      backend.synchronize();
      return (System.nanoTime() - start) * 1e-9;
    }

    @Override
    public void close() {
      buffers.forEach(owner::release);
    }
  }
}
