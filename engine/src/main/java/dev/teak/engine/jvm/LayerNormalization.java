package dev.teak.engine.jvm;

/**
 * Layer norm, a row at a time while it is in L1. Blocks of rows go to the threads; the gradients of
 * weight and bias are sums of some rows in floats, then of those in doubles, from first to last.
 */
final class LayerNormalization {
  /** Elements of a block. */
  private static final int BLOCK = 1 << 15;

  /** Blocks that keep sums of their own. */
  private static final int MOST_BLOCKS = 32;

  /** Rows that are summed in floats. */
  private static final int RUN = 8;

  private final RowLoops rows;
  private final Loops loops;
  private final Workers workers;

  LayerNormalization(RowLoops rows, Loops loops, Workers workers) {
    this.rows = rows;
    this.loops = loops;
    this.workers = workers;
  }

  void forward(
      int count,
      int n,
      float[] x,
      float[] w,
      float[] b,
      double eps,
      float[] y,
      float[] mean,
      float[] rstd) {
    workers.ranges(
        count,
        Math.max(1, BLOCK / n),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            double centre = loops.sum(x, r * n, n) / n;
            mean[r] = (float) centre;
            double off = centre - mean[r];
            double variance = rows.squares(x, r * n, n, mean[r]) / n - off * off;
            rstd[r] = (float) (1 / Math.sqrt(Math.max(0, variance) + eps));
            rows.normalize(x, r * n, n, mean[r], rstd[r], w, b, y);
          }
        });
  }

  void grad(
      int count,
      int n,
      float[] dy,
      float[] x,
      float[] mean,
      float[] rstd,
      float[] w,
      float[] out,
      float[] ofWeight,
      float[] ofBias) {
    int block = Math.max(Math.max(1, BLOCK / n), (count - 1) / MOST_BLOCKS + 1);
    int blocks = (count - 1) / block + 1;
    double[][] weights = new double[blocks][n];
    double[][] biases = new double[blocks][n];
    workers.ranges(
        count,
        block,
        (from, to) -> {
          float[] someWeights = new float[n];
          float[] someBiases = new float[n];
          for (int r = from; r < to; r++) {
            ofInput(r * n, n, dy, x, mean[r], rstd[r], w, out);
            rows.addParameters(dy, x, r * n, n, mean[r], rstd[r], someWeights, someBiases);
            if ((r - from) % RUN == RUN - 1 || r == to - 1) {
              moveTo(someWeights, weights[from / block]);
              moveTo(someBiases, biases[from / block]);
            }
          }
        });
    total(weights, n, ofWeight);
    total(biases, n, ofBias);
  }

  private void ofInput(
      int at, int n, float[] dy, float[] x, float mean, double r, float[] w, float[] out) {
    double[] sums = new double[2];
    rows.slopes(dy, x, w, at, n, mean, sums);
    float factor = (float) (-r * r * r * sums[1] / n);
    float shift = (float) (-r * sums[0] / n);
    rows.grad(dy, x, w, at, n, mean, (float) r, factor, shift, out);
  }

  private static void moveTo(float[] some, double[] all) {
    for (int i = 0; i < some.length; i++) {
      all[i] += some[i];
      some[i] = 0;
    }
  }

  private static void total(double[][] blocks, int n, float[] out) {
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (double[] block : blocks) {
        sum += block[i];
      }
      out[i] = (float) sum;
    }
  }
}
