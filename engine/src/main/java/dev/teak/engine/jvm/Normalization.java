package dev.teak.engine.jvm;

import java.util.Arrays;

/**
 * Batch normalisation of {@code [rows, channels]}: blocks of rows that fit L2 go to the threads;
 * their sums are combined from first to last, so that results do not depend on the threads.
 */
final class Normalization {
  /** Elements of a block. */
  private static final int BLOCK = 1 << 16;

  private final NormLoops norm;
  private final Loops loops;
  private final Workers workers;

  Normalization(NormLoops norm, Loops loops, Workers workers) {
    this.norm = norm;
    this.loops = loops;
    this.workers = workers;
  }

  private static int blockRows(int channels) {
    return Math.max(1, BLOCK / Math.max(1, channels));
  }

  /**
   * Mean and variance in one pass over memory: each block's own, while it is in cache, then
   * combined (Chan, Golub and LeVeque 1983, equation 2.1). Sums are kept in double precision, so
   * that a constant channel has its very value for a mean.
   */
  void stats(float[] x, int rows, int channels, float[] mean, float[] variance) {
    int block = blockRows(channels);
    int blocks = (rows - 1) / block + 1;
    double[] means = new double[blocks * channels];
    double[] squares = new double[blocks * channels];
    workers.ranges(
        rows,
        block,
        (from, to) -> {
          int at = from / block * channels;
          blockStats(x, from * channels, to - from, channels, means, squares, at);
        });
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = 0; i < blocks; i++) {
        sum += means[i * channels + c] * count(i, block, rows);
      }
      double centre = sum / rows;
      double square = 0;
      for (int i = 0; i < blocks; i++) {
        double off = means[i * channels + c] - centre;
        square += squares[i * channels + c] + off * off * count(i, block, rows);
      }
      mean[c] = (float) centre;
      variance[c] = (float) (square / rows);
    }
  }

  /** Mean of each channel of a block of rows, and sum of squares about it, into zeros. */
  void blockStats(
      float[] x, int first, int rows, int channels, double[] means, double[] squares, int at) {
    double[] room = ColumnSums.room(channels);
    ColumnSums.run(
        first, rows, channels, (from, n, width) -> loops.addRows(x, from, n, width, width, room));
    ColumnSums.fold(room, channels, means, at);
    float[] near = new float[channels];
    for (int c = 0; c < channels; c++) {
      means[at + c] /= rows;
      near[c] = (float) means[at + c];
    }
    float[] mean = ColumnSums.repeated(near, channels);
    Arrays.fill(room, 0);
    ColumnSums.run(
        first, rows, channels, (from, n, width) -> norm.addSquares(x, from, n, width, mean, room));
    ColumnSums.fold(room, channels, squares, at);
    for (int c = 0; c < channels; c++) {
      double off = means[at + c] - near[c];
      squares[at + c] -= rows * off * off; // about the mean itself
    }
  }

  private static int count(int i, int block, int rows) {
    return Math.min(block, rows - i * block);
  }

  void normalize(
      float[] x,
      int rows,
      int channels,
      float[] mean,
      float[] scale,
      float[] shift,
      float[] residual,
      boolean relu,
      float[] y) {
    workers.ranges(
        rows,
        blockRows(channels),
        (from, to) ->
            norm.normalize(
                x, from * channels, to - from, channels, mean, scale, shift, residual, relu, y));
  }

  void sums(
      float[] g,
      float[] y,
      float[] x,
      int rows,
      int channels,
      float[] mean,
      float[] sum,
      float[] products) {
    int block = blockRows(channels);
    int blocks = (rows - 1) / block + 1;
    double[] sums = new double[blocks * channels];
    double[] ofProducts = new double[blocks * channels];
    float[] wideMean = ColumnSums.repeated(mean, channels);
    workers.ranges(
        rows,
        block,
        (from, to) -> {
          double[] s = ColumnSums.room(channels);
          double[] p = ColumnSums.room(channels);
          ColumnSums.run(
              from * channels,
              to - from,
              channels,
              (first, n, width) -> norm.addGrads(g, y, x, first, n, width, wideMean, s, p));
          ColumnSums.fold(s, channels, sums, from / block * channels);
          ColumnSums.fold(p, channels, ofProducts, from / block * channels);
        });
    for (int i = channels; i < blocks * channels; i += channels) {
      for (int c = 0; c < channels; c++) {
        sums[c] += sums[i + c];
        ofProducts[c] += ofProducts[i + c];
      }
    }
    for (int c = 0; c < channels; c++) {
      sum[c] = (float) sums[c];
      products[c] = (float) ofProducts[c];
    }
  }

  void grad(
      float[] g,
      float[] y,
      float[] x,
      int rows,
      int channels,
      float[] mean,
      float[] ofGrad,
      float[] ofInput,
      float[] constant,
      float[] out,
      float[] residual) {
    workers.ranges(
        rows,
        blockRows(channels),
        (from, to) ->
            norm.normalizeGrad(
                g,
                y,
                x,
                from * channels,
                to - from,
                channels,
                mean,
                ofGrad,
                ofInput,
                constant,
                out,
                residual));
  }
}
