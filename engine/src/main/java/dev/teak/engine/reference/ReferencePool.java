package dev.teak.engine.reference;

import dev.teak.engine.backend.PoolGeometry;
import java.util.Arrays;

/**
 * Pooling by its definition. As with convolution, an operation and its transposes walk the same
 * pairs of places (an input, the output whose window holds it) and differ in what they do there.
 */
final class ReferencePool {
  private ReferencePool() {}

  /** Input x lies in the window of output y, at {@code place} = row * width + column within it. */
  private interface Visit {
    void at(int x, int y, int place);
  }

  /** Visits every input of every window, in reading order; places in the padding are left out. */
  private static void forEachPlace(PoolGeometry g, Visit visit) {
    int across = g.columns().taps();
    for (int n = 0; n < g.n(); n++) {
      for (int p = 0; p < g.p(); p++) {
        for (int q = 0; q < g.q(); q++) {
          for (int place = 0; place < g.places(); place++) {
            int row = g.rows().at(p, place / across);
            int column = g.columns().at(q, place % across);
            if (row >= 0 && row < g.h() && column >= 0 && column < g.w()) {
              for (int c = 0; c < g.c(); c++) {
                int x = ((n * g.h() + row) * g.w() + column) * g.c() + c;
                int y = ((n * g.p() + p) * g.q() + q) * g.c() + c;
                visit.at(x, y, place);
              }
            }
          }
        }
      }
    }
  }

  /** The largest of each window, the first of equals; a NaN counts as largest. */
  static void max(PoolGeometry g, double[] x, double[] out, byte[] winners) {
    boolean[] seen = new boolean[g.output().size()];
    forEachPlace(
        g,
        (i, y, place) -> {
          if (!seen[y] || ReferenceBackend.beats(x[i], out[y])) {
            seen[y] = true;
            out[y] = x[i];
            winners[y] = (byte) place;
          }
        });
  }

  /** Adds each output's gradient to its winner. */
  static void maxGrad(PoolGeometry g, double[] grad, byte[] winners, double[] out) {
    Arrays.fill(out, 0);
    forEachPlace(
        g,
        (x, y, place) -> {
          if (place == Byte.toUnsignedInt(winners[y])) {
            out[x] += grad[y];
          }
        });
  }

  /** Reads each output from its winner's place. */
  static void maxPick(PoolGeometry g, double[] x, byte[] winners, double[] out) {
    forEachPlace(
        g,
        (i, y, place) -> {
          if (place == Byte.toUnsignedInt(winners[y])) {
            out[y] = x[i];
          }
        });
  }

  /** The sum of each window over its divisor. */
  static void avg(PoolGeometry g, double[] x, double[] out) {
    Arrays.fill(out, 0);
    forEachPlace(g, (i, y, place) -> out[y] += x[i] / divisor(g, y));
  }

  /** Spreads each output's gradient evenly over its window. */
  static void avgGrad(PoolGeometry g, double[] grad, double[] out) {
    Arrays.fill(out, 0);
    forEachPlace(g, (x, y, place) -> out[x] += grad[y] / divisor(g, y));
  }

  private static double divisor(PoolGeometry g, int y) {
    int pixel = y / g.c();
    return g.divisor(pixel / g.q() % g.p(), pixel % g.q());
  }
}
