package dev.teak.engine.jvm;

import dev.teak.engine.backend.PoolGeometry;
import java.util.Arrays;

/** Pooling of {@code [N, H, W, C]}, an image at a time; windows over the border see less of it. */
final class Pooling {
  private final Workers workers;

  Pooling(Workers workers) {
    this.workers = workers;
  }

  void max(PoolGeometry g, float[] x, float[] y, byte[] winners) {
    workers.run(
        g.n() * g.p(),
        row -> {
          for (int q = 0; q < g.q(); q++) {
            maxOf(g, x, row / g.p(), row % g.p(), q, y, winners);
          }
        });
  }

  private static void maxOf(
      PoolGeometry g, float[] x, int n, int p, int q, float[] y, byte[] winners) {
    int out = ((n * g.p() + p) * g.q() + q) * g.c();
    boolean first = true;
    for (int place = 0; place < g.window() * g.window(); place++) {
      int h = p * g.stride() - g.padding() + place / g.window();
      int w = q * g.stride() - g.padding() + place % g.window();
      if (h < 0 || h >= g.h() || w < 0 || w >= g.w()) {
        continue;
      }
      int in = ((n * g.h() + h) * g.w() + w) * g.c();
      if (first) {
        System.arraycopy(x, in, y, out, g.c());
        Arrays.fill(winners, out, out + g.c(), (byte) place);
        first = false;
        continue;
      }
      for (int c = 0; c < g.c(); c++) {
        float v = x[in + c];
        float best = y[out + c];
        if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) { // a NaN wins, and stays
          y[out + c] = v;
          winners[out + c] = (byte) place;
        }
      }
    }
  }

  void maxGrad(PoolGeometry g, float[] dy, byte[] winners, float[] dx) {
    workers.run(
        g.n(),
        n -> {
          int image = n * g.h() * g.w() * g.c();
          Arrays.fill(dx, image, image + g.h() * g.w() * g.c(), 0);
          for (int p = 0; p < g.p(); p++) {
            for (int q = 0; q < g.q(); q++) {
              int out = ((n * g.p() + p) * g.q() + q) * g.c();
              for (int c = 0; c < g.c(); c++) {
                dx[winner(g, n, p, q, winners[out + c]) + c] += dy[out + c];
              }
            }
          }
        });
  }

  void maxPick(PoolGeometry g, float[] x, byte[] winners, float[] y) {
    workers.run(
        g.n() * g.p(),
        row -> {
          int n = row / g.p();
          int p = row % g.p();
          for (int q = 0; q < g.q(); q++) {
            int out = (row * g.q() + q) * g.c();
            for (int c = 0; c < g.c(); c++) {
              y[out + c] = x[winner(g, n, p, q, winners[out + c]) + c];
            }
          }
        });
  }

  /** Where the winner lies, without its channel. */
  private static int winner(PoolGeometry g, int n, int p, int q, byte place) {
    int at = place & 0xFF;
    int h = p * g.stride() - g.padding() + at / g.window();
    int w = q * g.stride() - g.padding() + at % g.window();
    return ((n * g.h() + h) * g.w() + w) * g.c();
  }

  void average(PoolGeometry g, float[] x, float[] y) {
    float share = 1f / (g.window() * g.window());
    workers.run(
        g.n() * g.p(),
        row -> {
          for (int q = 0; q < g.q(); q++) {
            int out = (row * g.q() + q) * g.c();
            Arrays.fill(y, out, out + g.c(), 0);
            spread(g, row / g.p(), row % g.p(), q, (in, c) -> y[out + c] += share * x[in + c]);
          }
        });
  }

  void averageGrad(PoolGeometry g, float[] dy, float[] dx) {
    float share = 1f / (g.window() * g.window());
    workers.run(
        g.n(),
        n -> {
          int image = n * g.h() * g.w() * g.c();
          Arrays.fill(dx, image, image + g.h() * g.w() * g.c(), 0);
          for (int row = 0; row < g.p() * g.q(); row++) {
            int out = (n * g.p() * g.q() + row) * g.c();
            int p = row / g.q();
            spread(g, n, p, row % g.q(), (in, c) -> dx[in + c] += share * dy[out + c]);
          }
        });
  }

  /** What to do with one pixel of a window, at {@code in + c}. */
  private interface Pixel {
    void at(int in, int c);
  }

  private static void spread(PoolGeometry g, int n, int p, int q, Pixel pixel) {
    for (int place = 0; place < g.window() * g.window(); place++) {
      int h = p * g.stride() - g.padding() + place / g.window();
      int w = q * g.stride() - g.padding() + place % g.window();
      if (h >= 0 && h < g.h() && w >= 0 && w < g.w()) {
        int in = ((n * g.h() + h) * g.w() + w) * g.c();
        for (int c = 0; c < g.c(); c++) {
          pixel.at(in, c);
        }
      }
    }
  }
}
