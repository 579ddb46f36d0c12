package dev.teak.engine.jvm;

import dev.teak.engine.backend.NormGeometry;
import java.util.Arrays;

/**
 * Group and instance norm: a sample is normalized while it is in cache, by the loops of batch norm
 * over its places. Blocks of samples go to the threads; sums over samples are combined from first
 * to last, so that results do not depend on the threads.
 */
final class GroupNormalization {
  /** Elements of a block. */
  private static final int BLOCK = 1 << 16;

  /** Blocks that keep sums of their own. */
  private static final int MOST_BLOCKS = 32;

  /** Columns that a row is folded into for its sum of squares. */
  private static final int FOLD = 16;

  private final NormLoops norm;
  private final Loops loops;
  private final Normalization columns;
  private final Workers workers;
  private final LayerNormalization layer;

  GroupNormalization(NormLoops norm, Loops loops, Normalization columns, Workers workers) {
    this.norm = norm;
    this.loops = loops;
    this.columns = columns;
    this.workers = workers;
    this.layer = new LayerNormalization(norm.rows(), loops, workers);
  }

  /** The means and reciprocal deviations of a sample's groups, and both again by channel. */
  private static final class Sample {
    final double[] means;
    final double[] squares;
    final float[] mean;
    final float[] scale;

    Sample(NormGeometry g) {
      means = new double[g.channels()];
      squares = new double[g.channels()];
      mean = new float[g.channels()];
      scale = new float[g.channels()];
    }
  }

  void forward(
      NormGeometry g,
      float[] x,
      float[] weight,
      float[] bias,
      double eps,
      float[] y,
      float[] mean,
      float[] rstd) {
    if (g.isLayer()) {
      layer.forward(g.outer(), g.inner(), x, weight, bias, eps, y, mean, rstd);
      return;
    }
    workers.ranges(
        g.outer(),
        Math.max(1, BLOCK / g.sample()),
        (from, to) -> {
          Sample s = new Sample(g);
          for (int o = from; o < to; o++) {
            int at = o * g.sample();
            statistics(g, x, at, eps, s, mean, rstd, o * g.groups());
            for (int c = 0; c < g.channels(); c++) {
              int set = o * g.groups() + c / g.inner();
              s.mean[c] = mean[set];
              s.scale[c] = rstd[set] * weight[c];
            }
            norm.normalize(x, at, g.extent(), g.channels(), s.mean, s.scale, bias, null, false, y);
          }
        });
  }

  private void statistics(
      NormGeometry g, float[] x, int at, double eps, Sample s, float[] mean, float[] rstd, int to) {
    if (g.groups() == 1) {
      double centre = loops.sum(x, at, g.count()) / g.count();
      mean[to] = (float) centre;
      double off = centre - mean[to];
      double variance = squares(x, at, g.count(), mean[to]) / g.count() - off * off;
      rstd[to] = (float) (1 / Math.sqrt(Math.max(0, variance) + eps));
      return;
    }
    Arrays.fill(s.means, 0);
    Arrays.fill(s.squares, 0);
    columns.blockStats(x, at, g.extent(), g.channels(), s.means, s.squares, 0);
    for (int group = 0; group < g.groups(); group++) {
      int first = group * g.inner();
      double sum = 0;
      for (int c = first; c < first + g.inner(); c++) {
        sum += s.means[c];
      }
      double centre = sum / g.inner();
      double square = 0;
      for (int c = first; c < first + g.inner(); c++) {
        double off = s.means[c] - centre;
        square += s.squares[c] + off * off * g.extent();
      }
      mean[to + group] = (float) centre;
      rstd[to + group] = (float) (1 / Math.sqrt(square / g.count() + eps));
    }
  }

  /** The sum of (x - mean)^2 over n neighbors: as rows of {@link #FOLD}, and what is left. */
  private double squares(float[] x, int at, int n, float mean) {
    float[] means = new float[FOLD];
    Arrays.fill(means, mean);
    double[] sums = new double[FOLD];
    int rows = n / FOLD;
    norm.addSquares(x, at, rows, FOLD, means, sums);
    norm.addSquares(x, at + rows * FOLD, 1, n % FOLD, means, sums);
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  void grad(
      NormGeometry g,
      float[] dy,
      float[] x,
      float[] mean,
      float[] rstd,
      float[] weight,
      float[] out,
      float[] weightGrad,
      float[] biasGrad) {
    if (g.isLayer()) {
      layer.grad(g.outer(), g.inner(), dy, x, mean, rstd, weight, out, weightGrad, biasGrad);
      return;
    }
    int block = Math.max(Math.max(1, BLOCK / g.sample()), (g.outer() - 1) / MOST_BLOCKS + 1);
    int blocks = (g.outer() - 1) / block + 1;
    double[][] ofWeight = new double[blocks][g.channels()];
    double[][] ofBias = new double[blocks][g.channels()];
    workers.ranges(
        g.outer(),
        block,
        (from, to) -> {
          Slopes s = new Slopes(g);
          for (int o = from; o < to; o++) {
            int i = from / block;
            s.sample(norm, o, dy, x, mean, rstd, weight, out, ofWeight[i], ofBias[i]);
          }
        });
    for (int c = 0; c < g.channels(); c++) {
      double products = 0;
      double sum = 0;
      for (int i = 0; i < blocks; i++) {
        products += ofWeight[i][c];
        sum += ofBias[i][c];
      }
      weightGrad[c] = (float) products;
      biasGrad[c] = (float) sum;
    }
  }

  /** The gradient of a sample, a channel's numbers being factors of its places. */
  private static final class Slopes {
    private final NormGeometry g;
    private final float[] mean;
    private final double[] sums;
    private final double[] products;
    private final float[] ofGrad;
    private final float[] ofInput;
    private final float[] constant;

    Slopes(NormGeometry g) {
      this.g = g;
      mean = new float[g.channels()];
      sums = new double[g.channels()];
      products = new double[g.channels()];
      ofGrad = new float[g.channels()];
      ofInput = new float[g.channels()];
      constant = new float[g.channels()];
    }

    void sample(
        NormLoops norm,
        int o,
        float[] dy,
        float[] x,
        float[] means,
        float[] rstd,
        float[] weight,
        float[] out,
        double[] ofWeight,
        double[] ofBias) {
      int at = o * g.sample();
      int channels = g.channels();
      for (int c = 0; c < channels; c++) {
        mean[c] = means[o * g.groups() + c / g.inner()];
      }
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      norm.addGrads(dy, null, x, at, g.extent(), channels, mean, sums, products);
      for (int group = 0; group < g.groups(); group++) {
        double r = rstd[o * g.groups() + group];
        factors(group * g.inner(), r, weight, ofWeight, ofBias);
      }
      norm.normalizeGrad(
          dy, null, x, at, g.extent(), channels, mean, ofGrad, ofInput, constant, out, null);
    }

    private void factors(int first, double r, float[] weight, double[] ofWeight, double[] ofBias) {
      double sum = 0;
      double ofProducts = 0;
      for (int c = first; c < first + g.inner(); c++) {
        sum += weight[c] * sums[c];
        ofProducts += weight[c] * products[c];
        ofWeight[c] += products[c] * r;
        ofBias[c] += sums[c];
      }
      float factor = (float) (-r * r * r * ofProducts / g.count());
      float shift = (float) (-r * sum / g.count());
      for (int c = first; c < first + g.inner(); c++) {
        ofGrad[c] = (float) r * weight[c];
        ofInput[c] = factor;
        constant[c] = shift;
      }
    }
  }
}
