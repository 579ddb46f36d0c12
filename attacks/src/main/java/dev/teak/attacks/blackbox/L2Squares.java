package dev.teak.attacks.blackbox;

import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Shape;

/**
 * Squares that move the L2 budget of one window to another (Andriushchenko et al. 2020, algorithm
 * 3): within a window the change falls off from two centres of opposite sign, and all of epsilon is
 * spent at any time.
 */
final class L2Squares implements Square.Squares {
  private static final int TILES = 5;
  private static final double TINY = 1e-12;

  private final ThreatModel threat;
  private final int h;
  private final int w;
  private final int c;

  L2Squares(ThreatModel threat, Shape image) {
    this.threat = threat;
    this.h = image.dim(0);
    this.w = image.dim(1);
    this.c = image.dim(2);
  }

  @Override
  public int numbers() {
    return h * w * (c + 1);
  }

  /** A grid of five windows by five, or one over the whole of a small image. */
  @Override
  public float[] stripes(float[] clean, float... u) {
    int side = Math.max(1, Math.min(h, w) / TILES);
    double[] delta = new double[clean.length];
    int number = 0;
    for (int top = h % side / 2; top + side <= h; top += side) {
      for (int left = w % side / 2; left + side <= w; left += side) {
        double[] bump = bump(side, u[number++] < 0.5f);
        for (int channel = 0; channel < c; channel++) {
          double sign = u[number++] < 0.5f ? 1 : -1;
          for (int i = 0; i < bump.length; i++) {
            delta[place(top, left, side, i, channel)] = sign * bump[i];
          }
        }
      }
    }
    return spent(clean, delta);
  }

  @Override
  public float[] next(float[] clean, float[] best, double p, float... u) {
    int most = Math.min(h, w);
    int side = Math.max(3, (int) Math.round(Math.sqrt(p * h * w)));
    side = Math.min(most, side % 2 == 0 ? side + 1 : side);
    int[] at = {(int) (u[0] * (h - side + 1)), (int) (u[1] * (w - side + 1))};
    int[] from = {(int) (u[2] * (h - side + 1)), (int) (u[3] * (w - side + 1))};
    double[] bump = bump(side, u[4] < 0.5f);
    double[] delta = new double[clean.length];
    double spent = 0;
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (double) best[i] - clean[i];
      spent += delta[i] * delta[i];
    }
    double unspent = Math.max(0, threat.epsilon() * threat.epsilon() - spent) / c;
    for (int channel = 0; channel < c; channel++) {
      double old = Math.sqrt(budget(delta, side, channel, at, null));
      double freed = unspent + budget(delta, side, channel, at, from);
      double sign = u[Square.NEXT + channel] < 0.5f ? 1 : -1;
      double[] fresh = new double[bump.length];
      double size = 0;
      for (int i = 0; i < fresh.length; i++) {
        double kept = delta[place(at[0], at[1], side, i, channel)] / (TINY + old);
        fresh[i] = sign * bump[i] + kept;
        size += fresh[i] * fresh[i];
      }
      double scale = Math.sqrt(freed) / (TINY + Math.sqrt(size));
      for (int i = 0; i < fresh.length; i++) {
        delta[place(from[0], from[1], side, i, channel)] = 0;
      }
      for (int i = 0; i < fresh.length; i++) {
        delta[place(at[0], at[1], side, i, channel)] = scale * fresh[i];
      }
    }
    return spent(clean, delta);
  }

  /** Element i of a window, in the image. */
  private int place(int top, int left, int side, int i, int channel) {
    return ((top + i / side) * w + left + i % side) * c + channel;
  }

  /** The squared change of a channel in a window or, where there are two, in both together. */
  private double budget(double[] delta, int side, int channel, int[] one, int[] other) {
    double sum = 0;
    for (int i = 0; i < side * side; i++) {
      double d = delta[place(one[0], one[1], side, i, channel)];
      sum += d * d;
      if (other != null) {
        int row = other[0] + i / side;
        int column = other[1] + i % side;
        boolean inBoth =
            row >= one[0] && row < one[0] + side && column >= one[1] && column < one[1] + side;
        double e = inBoth ? 0 : delta[place(other[0], other[1], side, i, channel)];
        sum += e * e;
      }
    }
    return sum;
  }

  /** The image changed by all of epsilon along delta. */
  private float[] spent(float[] clean, double... delta) {
    double size = 0;
    for (double d : delta) {
      size += d * d;
    }
    double scale = threat.reach(clean.length) / Math.max(TINY, Math.sqrt(size));
    float[] x = new float[clean.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = threat.clip(clean[i] + scale * delta[i]);
    }
    return x;
  }

  /** Two bumps of opposite sign side by side, or one above the other; of length 1. */
  private static double[] bump(int side, boolean turned) {
    double[] bump = new double[side * side];
    half(bump, side, 0, side / 2, 1, turned);
    half(bump, side, side / 2, side, -1, turned);
    double size = 0;
    for (double b : bump) {
      size += b * b;
    }
    for (int i = 0; i < bump.length; i++) {
      bump[i] /= Math.sqrt(size);
    }
    return bump;
  }

  /** Nested rectangles in rows first..last, the k-th adding 1 / k^2: a half of length 1. */
  private static void half(
      double[] bump, int side, int first, int last, double sign, boolean turned) {
    int rows = last - first;
    double[] half = new double[rows * side];
    int middleRow = rows / 2;
    int middleColumn = side / 2;
    double size = 0;
    for (int i = 0; i < half.length; i++) {
      int ring = Math.max(Math.abs(i / side - middleRow), Math.abs(i % side - middleColumn));
      for (int k = ring + 1; k <= Math.max(middleRow, middleColumn) + 1; k++) {
        half[i] += 1.0 / (k * k);
      }
      size += half[i] * half[i];
    }
    for (int i = 0; i < half.length; i++) {
      int row = first + i / side;
      int column = i % side;
      bump[turned ? column * side + row : row * side + column] = sign * half[i] / Math.sqrt(size);
    }
  }
}
