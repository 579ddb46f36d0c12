package dev.teak.engine.jvm;

/**
 * The inner loops of batch normalisation over a block of rows {@code [rows, inner]} from element
 * {@code from}, in plain Java; {@link VectorNormLoops} is its twin. What has one value a channel is
 * an array of {@code inner}.
 */
class NormLoops {
  /** The loops of single rows. */
  RowLoops rows() {
    return new RowLoops();
  }

  /** y += (x - mean)^2, summed over the rows. */
  void addSquares(float[] x, int from, int rows, int inner, float[] mean, double[] y) {
    addSquares(x, from, rows, inner, mean, y, 0);
  }

  static void addSquares(
      float[] x, int from, int rows, int inner, float[] mean, double[] y, int first) {
    for (int r = 0; r < rows; r++) {
      for (int c = first; c < inner; c++) {
        double d = x[from + r * inner + c] - mean[c];
        y[c] += d * d;
      }
    }
  }

  /** sum += h and products += h (x - mean) over the rows; h is g where y is null or above 0. */
  void addGrads(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      double[] sum,
      double[] products) {
    addGrads(g, y, x, from, rows, inner, mean, sum, products, 0);
  }

  static void addGrads(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      double[] sum,
      double[] products,
      int first) {
    for (int r = 0; r < rows; r++) {
      for (int c = first; c < inner; c++) {
        int i = from + r * inner + c;
        float h = y == null || y[i] > 0 ? g[i] : 0;
        sum[c] += h;
        products[c] += (double) h * (x[i] - mean[c]);
      }
    }
  }

  /** y = (x - mean) scale + shift + residual (or null), no less than 0 where {@code relu}. */
  void normalize(
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] scale,
      float[] shift,
      float[] residual,
      boolean relu,
      float[] y) {
    normalize(x, from, rows, inner, mean, scale, shift, residual, relu, y, 0);
  }

  static void normalize(
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] scale,
      float[] shift,
      float[] residual,
      boolean relu,
      float[] y,
      int first) {
    for (int r = 0; r < rows; r++) {
      for (int c = first; c < inner; c++) {
        int i = from + r * inner + c;
        float v = (x[i] - mean[c]) * scale[c] + shift[c];
        v = residual == null ? v : v + residual[i];
        y[i] = relu && v <= 0 ? 0 : v;
      }
    }
  }

  /** out = a h + b (x - mean) + d, and residual (or null) = h. */
  void normalizeGrad(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] a,
      float[] b,
      float[] d,
      float[] out,
      float[] residual) {
    normalizeGrad(g, y, x, from, rows, inner, mean, a, b, d, out, residual, 0);
  }

  static void normalizeGrad(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] a,
      float[] b,
      float[] d,
      float[] out,
      float[] residual,
      int first) {
    for (int r = 0; r < rows; r++) {
      for (int c = first; c < inner; c++) {
        int i = from + r * inner + c;
        float h = y == null || y[i] > 0 ? g[i] : 0;
        out[i] = a[c] * h + b[c] * (x[i] - mean[c]) + d[c];
        if (residual != null) {
          residual[i] = h;
        }
      }
    }
  }
}
