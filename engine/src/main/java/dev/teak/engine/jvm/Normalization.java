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
  private final Scratch scratch;

  Normalization(NormLoops norm, Loops loops, Workers workers, Scratch scratch) {
    this.norm = norm;
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  private static int blockRows(int channels) {
    return Math.max(1, BLOCK / channels);
  }

  /**
   * Mean and variance in one pass over memory: each block's own, while it is in cache, then
   * combined (Chan, Golub and LeVeque 1983, equation 2.1).
   */
  void stats(float[] x, int rows, int channels, float[] mean, float[] variance) {
    int block = blockRows(channels);
    int blocks = (rows + block - 1) / block;
    float[] means = scratch.zeros(blocks * channels);
    float[] squares = scratch.zeros(blocks * channels);
    workers.ranges(
        rows,
        block,
        (from, to) -> {
          int at = from / block * channels;
          loops.addRows(x, from * channels, to - from, channels, means, at);
          for (int c = at; c < at + channels; c++) {
            means[c] /= to - from;
          }
          norm.addSquares(x, from * channels, to - from, channels, means, squares, at);
        });
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = 0; i < blocks; i++) {
        sum += (double) means[i * channels + c] * count(i, block, rows);
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
    scratch.giveBack(squares);
    scratch.giveBack(means);
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
    int blocks = (rows + block - 1) / block;
    float[] sums = scratch.zeros(blocks * channels);
    float[] ofProducts = scratch.zeros(blocks * channels);
    workers.ranges(
        rows,
        block,
        (from, to) -> {
          int at = from / block * channels;
          int first = from * channels;
          norm.addGrads(g, y, x, first, to - from, channels, mean, sums, ofProducts, at);
        });
    Arrays.fill(sum, 0, channels, 0);
    Arrays.fill(products, 0, channels, 0);
    loops.addRows(sums, 0, blocks, channels, sum, 0);
    loops.addRows(ofProducts, 0, blocks, channels, products, 0);
    scratch.giveBack(ofProducts);
    scratch.giveBack(sums);
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
