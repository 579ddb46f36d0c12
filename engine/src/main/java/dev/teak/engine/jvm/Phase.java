package dev.teak.engine.jvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The output pixels of a sliding kernel that see the same taps of it: {@code first + i step}, each
 * way. A convolution has one phase, all its pixels. The gradient of the input of a convolution of
 * stride s has s x s of them: a pixel sees only the taps that reached it.
 *
 * <p>The taps lie in the padded input, in ascending order.
 */
final class Phase {
  /** A tap of the kernel, and where it lies in rows and columns behind the output pixel's own. */
  record Tap(int r, int s, int down, int across) {}

  final int firstRow;
  final int firstColumn;
  final int rows;
  final int columns;
  final List<Tap> taps;

  /** The pixels of a tile and all steps of all taps, as tables for a gathering tile. */
  final int[] rowAt = new int[Tile.ROWS];

  final int[] stepAt;

  /** Steps whose inputs lie side by side: where each such run begins, and how long all are. */
  final int[] runAt;

  final int run;

  /** Weights packed for this phase begin here. */
  int packedAt;

  /**
   * A phase of {@code rows} x {@code columns} pixels.
   *
   * @param in the padded input
   * @param cIn channels of it that the kernel sees
   */
  Phase(
      int firstRow,
      int firstColumn,
      int rows,
      int columns,
      List<Tap> taps,
      PaddedImages in,
      int cIn) {
    this.firstRow = firstRow;
    this.firstColumn = firstColumn;
    this.rows = rows;
    this.columns = columns;
    this.taps = new ArrayList<>(taps);
    this.taps.sort(Comparator.comparingInt(Tap::down).thenComparingInt(Tap::across));
    int[] at = new int[taps.size()];
    for (int t = 0; t < at.length; t++) {
      at[t] = in.at(this.taps.get(t).down, this.taps.get(t).across);
    }
    this.stepAt = new int[at.length * cIn];
    for (int i = 0; i < stepAt.length; i++) {
      stepAt[i] = at[i / cIn] + i % cIn;
    }
    for (int i = 0; i < Tile.ROWS; i++) {
      rowAt[i] = in.at(0, i * in.stride());
    }
    this.run = run(stepAt);
    this.runAt = new int[run == 0 ? 0 : stepAt.length / run];
    Arrays.setAll(runAt, i -> stepAt[i * run]);
  }

  /** The greatest length of runs of neighbours that the steps divide into. */
  private static int run(int... steps) {
    int run = 0;
    for (int i = 0, since = 1; i < steps.length; i++, since++) {
      if (i == steps.length - 1 || steps[i + 1] != steps[i] + 1) {
        run = gcd(run, since);
        since = 0;
      }
    }
    return run;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
