package dev.teak.engine.jvm;

/**
 * The inner loops of layer norm over a row of n neighbors from element {@code at}, in plain Java;
 * {@link VectorRowLoops} is its twin.
 */
class RowLoops {
  /** The sum of (x - mean)^2. */
  double squares(float[] x, int at, int n, float mean) {
    double sum = 0;
    for (int i = at; i < at + n; i++) {
      double d = x[i] - mean;
      sum += d * d;
    }
    return sum;
  }

  /** y = (x - mean) rstd w + b. */
  void normalize(
      float[] x, int at, int n, float mean, float rstd, float[] w, float[] b, float[] y) {
    normalize(x, at, n, mean, rstd, w, b, y, 0);
  }

  static void normalize(
      float[] x,
      int at,
      int n,
      float mean,
      float rstd,
      float[] w,
      float[] b,
      float[] y,
      int first) {
    for (int i = first; i < n; i++) {
      y[at + i] = Math.fma(x[at + i] - mean, rstd * w[i], b[i]);
    }
  }

  /** Adds the sums of dy w and of dy w (x - mean) to the first two of {@code sums}. */
  void slopes(float[] dy, float[] x, float[] w, int at, int n, float mean, double[] sums) {
    slopes(dy, x, w, at, n, mean, sums, 0);
  }

  static void slopes(
      float[] dy, float[] x, float[] w, int at, int n, float mean, double[] sums, int first) {
    double sum = 0;
    double products = 0;
    for (int i = first; i < n; i++) {
      double h = (double) dy[at + i] * w[i];
      sum += h;
      products += h * (x[at + i] - mean);
    }
    sums[0] += sum;
    sums[1] += products;
  }

  /** out = dy rstd w + (x - mean) factor + shift. */
  void grad(
      float[] dy,
      float[] x,
      float[] w,
      int at,
      int n,
      float mean,
      float rstd,
      float factor,
      float shift,
      float[] out) {
    grad(dy, x, w, at, n, mean, rstd, factor, shift, out, 0);
  }

  static void grad(
      float[] dy,
      float[] x,
      float[] w,
      int at,
      int n,
      float mean,
      float rstd,
      float factor,
      float shift,
      float[] out,
      int first) {
    for (int i = first; i < n; i++) {
      float rest = Math.fma(x[at + i] - mean, factor, shift);
      out[at + i] = Math.fma(dy[at + i], rstd * w[i], rest);
    }
  }

  /** Adds dy to {@code ofBias} and dy (x - mean) rstd to {@code ofWeight}. */
  void addParameters(
      float[] dy,
      float[] x,
      int at,
      int n,
      float mean,
      float rstd,
      float[] ofWeight,
      float[] ofBias) {
    addParameters(dy, x, at, n, mean, rstd, ofWeight, ofBias, 0);
  }

  static void addParameters(
      float[] dy,
      float[] x,
      int at,
      int n,
      float mean,
      float rstd,
      float[] ofWeight,
      float[] ofBias,
      int first) {
    for (int i = first; i < n; i++) {
      ofBias[i] += dy[at + i];
      ofWeight[i] = Math.fma(dy[at + i], (x[at + i] - mean) * rstd, ofWeight[i]);
    }
  }
}
