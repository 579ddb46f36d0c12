package dev.teak.attacks.blackbox;

import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Shape;

/** Squares of plus or minus epsilon (Andriushchenko et al. 2020, algorithm 2). */
final class LinfSquares implements Square.Squares {
  private final ThreatModel threat;
  private final double reach;
  private final int h;
  private final int w;
  private final int c;

  LinfSquares(ThreatModel threat, Shape image) {
    this.threat = threat;
    this.reach = threat.reach(image.size());
    this.h = image.dim(0);
    this.w = image.dim(1);
    this.c = image.dim(2);
  }

  @Override
  public int numbers() {
    return w * c;
  }

  /** Vertical stripes a pixel wide, up or down in each channel. */
  @Override
  public float[] stripes(float[] clean, float... u) {
    float[] x = new float[clean.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = moved(clean[i], u[i % (w * c)] < 0.5f);
    }
    return x;
  }

  @Override
  public float[] next(float[] clean, float[] best, double p, float... u) {
    int side = Math.min(Math.min(h, w), Math.max(1, (int) Math.round(Math.sqrt(p * h * w))));
    int top = (int) (u[0] * (h - side + 1));
    int left = (int) (u[1] * (w - side + 1));
    float[] x = best.clone();
    for (int row = top; row < top + side; row++) {
      for (int column = left; column < left + side; column++) {
        for (int channel = 0; channel < c; channel++) {
          int i = (row * w + column) * c + channel;
          x[i] = moved(clean[i], u[Square.NEXT + channel] < 0.5f);
        }
      }
    }
    return x;
  }

  /** A pixel changed by epsilon, within the range; never by more, as a float. */
  private float moved(float pixel, boolean up) {
    return threat.clip(pixel + (up ? reach : -reach));
  }
}
