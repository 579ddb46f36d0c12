package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WithScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A sample call of every op, with shapes and values drawn by a seed: what the gradient check and
 * the contract tests of all backends run. Values are all different, and no kink is near.
 */
public final class OpSamples {
  private final SplittableRandom random;
  private final List<OpSample> samples = new ArrayList<>();

  private OpSamples(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** One or more samples of every op. */
  public static List<OpSample> draw(long seed) {
    OpSamples s = new OpSamples(seed);
    s.elementwise();
    s.reductions();
    s.movement();
    s.products();
    s.convolutions();
    s.pooling();
    s.losses();
    return s.samples;
  }

  // --- drawing ---

  private int upTo(int most) {
    return 1 + random.nextInt(most);
  }

  /** Distinct values spread over (low, high), shuffled: neighbours differ by (high - low) / n. */
  private Input spread(double low, double high, int... dims) {
    int n = Shape.of(dims).size();
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = low + (high - low) * (i + 0.5) / n;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
    return new Input(values, dims);
  }

  /** Values in (-2, 2); where there is an odd number of them, shifted so that none is 0. */
  private Input values(int... dims) {
    return spread(-1.97, 2.01, dims);
  }

  /** Moves values to odd or even multiples of 0.005: of two inputs, no values can tie. */
  private static Input onGrid(int odd, Input in) {
    double[] v = in.values();
    for (int i = 0; i < v.length; i++) {
      v[i] = (2 * Math.rint(v[i] * 100) + odd) * 0.005;
    }
    return in;
  }

  private int[] dims() {
    int[] d = new int[upTo(4)];
    Arrays.setAll(d, i -> upTo(5));
    return d;
  }

  private void add(
      String op, Function<List<Tensor>, Tensor> function, boolean differentiable, Input... inputs) {
    samples.add(new OpSample(op, List.of(inputs), function, differentiable));
  }

  private void add(String op, Function<List<Tensor>, Tensor> function, Input... inputs) {
    add(op, function, true, inputs);
  }

  // --- the samples ---

  private void elementwise() {
    for (Unary op : Unary.ALL) {
      boolean positive = op == Unary.LOG || op == Unary.SQRT || op == Unary.RECIPROCAL;
      int[] d = dims();
      add(op.name(), x -> op.apply(x.get(0)), positive ? spread(0.3, 3, d) : awayFromKinks(d));
    }
    for (Binary op : Binary.ALL) {
      int[] d = dims();
      int[] narrow = d.clone();
      narrow[random.nextInt(d.length)] = 1;
      int[] suffix = Arrays.copyOfRange(d, random.nextInt(d.length), d.length);
      boolean powers = op == Binary.POW || op == Binary.DIV;
      for (int[] other : List.of(d, narrow, suffix)) {
        Input a = onGrid(1, powers ? spread(0.4, 2.5, d) : values(d));
        Input b = onGrid(0, powers ? spread(0.53, 1.9, other) : spread(-1.83, 2.23, other));
        add(op.name(), x -> op.apply(x.get(0), x.get(1)), op.isDifferentiable(), a, b);
        add(op.name(), x -> op.apply(x.get(1), x.get(0)), op.isDifferentiable(), a, b);
      }
      double value = 0.3137;
      add(
          op.name(),
          x -> WithScalar.apply(op, x.get(0), value),
          op.isDifferentiable(),
          powers ? spread(0.4, 2.5, d) : values(d));
    }
    add("clip", x -> x.get(0).clip(-0.7131, 0.9137), values(dims()));
    int[] d = dims();
    add("where", x -> x.get(0).gt(0.1).where(x.get(1), x.get(2)), values(d), values(d), values());
    add("dropout", x -> Functional.dropout(x.get(0), 0.4, new RandomStream(3, "drop")), values(d));
  }

  /** Values at least 0.02 from every multiple of a half, where rounding and signs jump. */
  private Input awayFromKinks(int... dims) {
    Input in = values(dims);
    double[] v = in.values();
    for (int i = 0; i < v.length; i++) {
      double nearest = Math.rint(v[i] * 2) / 2;
      if (Math.abs(v[i] - nearest) < 0.02) {
        v[i] = nearest + 0.05;
      }
    }
    return in;
  }

  private void reductions() {
    int[] d = {upTo(4), upTo(5), upTo(4), upTo(6)};
    add("sum", x -> x.get(0).sum(), values(d));
    add("sum", x -> x.get(0).sum(0, 1, 2), values(d));
    add("sum", x -> x.get(0).sumKeepDims(1, 3), values(d));
    add("mean", x -> x.get(0).mean(), values(d));
    add("mean", x -> x.get(0).mean(1, 2), values(d));
    add("max", x -> x.get(0).max(), values(d));
    add("max", x -> x.get(0).maxKeepDims(-1), values(d));
    add("max", x -> x.get(0).max(0, 2), values(d));
    add("softmax", x -> x.get(0).softmax(), values(d));
    add("log_softmax", x -> x.get(0).logSoftmax(), values(d));
    add(
        "arg_max",
        x -> {
          Tensor t = x.get(0);
          int classes = t.shape().dim(-1);
          return Functional.oneHot(t.argMax(-1).reshape(-1), classes);
        },
        false,
        values(d));
  }

  private void movement() {
    int[] d = {upTo(4), upTo(5), upTo(3)};
    add("reshape", x -> x.get(0).reshape(-1, x.get(0).shape().dim(0)), values(d));
    add("permute", x -> x.get(0).permute(2, 0, 1), values(d));
    add("transpose", x -> x.get(0).transpose(0, -1), values(d));
    add("broadcast_to", x -> x.get(0).broadcastTo(Shape.of(2, 3, d[1], 4)), values(d[1], 1));
    int from = random.nextInt(d[1]);
    Shape block = Shape.of(d[0], d[1] - from, d[2]);
    add("slice", x -> x.get(0).slice(new int[] {0, from, 0}, block), values(d));
    add("pad", x -> x.get(0).pad(new int[] {1, 0, 2}, new int[] {0, 3, 1}, 0.5), values(d));
    int[] e = {d[0], upTo(4), d[2]};
    add("concat", x -> Tensor.concat(1, List.of(x.get(0), x.get(1))), values(d), values(e));
  }

  private void products() {
    int m = upTo(6);
    int k = upTo(7);
    int n = upTo(6);
    for (int t = 0; t < 4; t++) {
      boolean ta = (t & 1) != 0;
      boolean tb = (t & 2) != 0;
      int[] a = ta ? new int[] {k, m} : new int[] {m, k};
      int[] b = tb ? new int[] {n, k} : new int[] {k, n};
      Function<List<Tensor>, Tensor> f = x -> MatMul.apply(x.get(0), x.get(1), ta, tb);
      add("matmul", f, values(a), values(b));
      int[] batchA = {3, a[0], a[1]};
      int[] batchB = {3, b[0], b[1]};
      add("matmul", f, values(batchA), values(batchB));
      add("matmul", f, values(batchA), values(b));
      add("matmul", f, values(a), values(batchB));
    }
    add(
        "linear",
        x -> Functional.linear(x.get(0), x.get(1), x.get(2)),
        values(m, k),
        values(n, k),
        values(n));
  }

  private void convolutions() {
    conv(1, 1, 1, 1);
    conv(upTo(3), random.nextInt(3), upTo(2), 1);
    conv(upTo(2), 1, 1, 2);
    int c = upTo(4);
    conv(upTo(2), 1, 1, c);
    int n = upTo(2);
    int k = upTo(4);
    int stride = upTo(3);
    int extra = random.nextInt(stride);
    add(
        "conv_transpose2d",
        x -> Functional.convTranspose2d(x.get(0), x.get(1), x.get(2), stride, 1, extra, 1, 1),
        values(n, 2 + upTo(3), 2 + upTo(2), k),
        values(k, 3, 3, c),
        values(c));
    convRelu();
  }

  /** One tap of one channel, so that no output comes near 0 or another of its window. */
  private void convRelu() {
    Input x = spread(-1, 1.2, upTo(2), 2 + random.nextInt(3), 2 + random.nextInt(3), 1);
    Input w = spread(0.5, 1.5, upTo(3), 1, 1, 1);
    Input b = spread(-2e-4, 2e-4, w.dims()[0]);
    add(
        "conv2d_relu",
        i -> Functional.conv2dRelu(i.get(0), i.get(1), i.get(2), 1, 0, 1, 1),
        x,
        w,
        b);
    add(
        "conv2d_relu_max_pool2d",
        i -> Functional.conv2dReluMaxPool2d(i.get(0), i.get(1), i.get(2), 1, 0, 1, 1, 2),
        x,
        w,
        b);
  }

  private void conv(int stride, int padding, int dilation, int groups) {
    int cg = upTo(3);
    int kg = upTo(3);
    int h = 4 + upTo(4);
    int w = 4 + upTo(3);
    add(
        "conv2d",
        x -> Functional.conv2d(x.get(0), x.get(1), x.get(2), stride, padding, dilation, groups),
        values(upTo(2), h, w, cg * groups),
        values(kg * groups, 3, upTo(3), cg),
        values(kg * groups));
  }

  private void pooling() {
    int[] d = {upTo(2), 4 + upTo(3), 4 + upTo(4), upTo(4)};
    int window = 1 + upTo(2);
    int stride = upTo(3);
    add("max_pool2d", x -> Functional.maxPool2d(x.get(0), window, stride, 0), values(d));
    add("max_pool2d", x -> Functional.maxPool2d(x.get(0), 3, 2, 1), values(d));
    add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), window, stride, 0), values(d));
    add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), 3, 2, 1), values(d));
  }

  private void losses() {
    int n = 1 + upTo(3);
    int c = upTo(5);
    batchNorm();
    int[] labels = random.ints(n, 0, c).toArray();
    add(
        "cross_entropy",
        x -> Functional.crossEntropy(x.get(0), Tensor.ofInts(labels, n)),
        values(n, c));
    add(
        "cross_entropy",
        x -> Functional.crossEntropy(x.get(0), x.get(1).softmax()),
        values(n, c),
        values(n, c));
    add("mse", x -> Functional.mse(x.get(0), x.get(1)), values(n, c), values(n, c));
  }

  private void batchNorm() {
    int n = 1 + upTo(3);
    int c = upTo(5);
    int[] d = {n, 2, 3, c};
    Input gamma = spread(0.5, 1.5, c);
    Input beta = spread(-0.2, 0.2, c);
    // Larger than what it is added to, so that the relu's kink is far; every other one negative.
    Input residual = spread(3, 5, d);
    for (int i = 1; i < residual.values().length; i += 2) {
      residual.values()[i] *= -1;
    }
    add(
        "batch_norm",
        x -> Functional.batchNorm(x.get(0), x.get(1), x.get(2), null, 1e-2, false).y(),
        spread(-1, 1, d),
        gamma,
        beta);
    add(
        "batch_norm",
        x -> Functional.batchNorm(x.get(0), x.get(1), x.get(2), x.get(3), 1e-2, true).y(),
        spread(-1, 1, d),
        gamma,
        beta,
        residual);
    add(
        "batch_norm",
        x -> {
          Tensor mean = Tensor.zeros(c);
          Tensor variance = Tensor.ones(c);
          return Functional.batchNorm(
              x.get(0), mean, variance, x.get(1), x.get(2), x.get(3), 1e-2, true);
        },
        spread(-1, 1, d),
        gamma,
        beta,
        residual);
  }
}
