package dev.teak.engine.check;

import dev.teak.engine.CustomOp;
import dev.teak.engine.DType;
import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Recompute;
import dev.teak.engine.Shape;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Conv2d;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Pool2d;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WithScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;

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
    s.convGradients();
    s.pooling();
    s.poolGradients();
    s.losses();
    s.functions();
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

  private void add(String op, Function<List<Tensor>, Tensor> function, Input... inputs) {
    addExempt(op, null, function, inputs);
  }

  private void addExempt(
      String op, String exempt, Function<List<Tensor>, Tensor> function, Input... inputs) {
    samples.add(new OpSample(op, List.of(inputs), function, exempt));
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
      String exempt = op.isDifferentiable() ? null : op.info().vjp();
      boolean powers = op == Binary.POW || op == Binary.DIV;
      for (int[] other : List.of(d, narrow, suffix)) {
        boolean bent = op == Binary.LEAKY_RELU || op == Binary.ELU; // at 0
        Input a = bent ? awayFromKinks(d) : onGrid(1, powers ? spread(0.4, 2.5, d) : values(d));
        Input b =
            bent
                ? awayFromKinks(other)
                : onGrid(0, powers ? spread(0.53, 1.9, other) : spread(-1.83, 2.23, other));
        addExempt(op.name(), exempt, x -> op.apply(x.get(0), x.get(1)), a, b);
        addExempt(op.name(), exempt, x -> op.apply(x.get(1), x.get(0)), a, b);
      }
      double value = 0.3137;
      addExempt(
          op.name(),
          exempt,
          x -> WithScalar.apply(op, x.get(0), value),
          powers ? spread(0.4, 2.5, d) : awayFromKinks(d));
    }
    int[] e = dims();
    add("relu_grad", x -> Binary.RELU_GRAD.apply(x.get(0), x.get(1)), awayFromKinks(e), values(e));
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
    addExempt(
        "arg_max",
        "none: a place is a whole number, constant wherever it does not jump",
        x -> {
          Tensor t = x.get(0);
          int classes = t.shape().dim(-1);
          return Functional.oneHot(t.argMax(-1).reshape(-1), classes);
        },
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

  private void convGradients() {
    int c = upTo(3);
    int stride = upTo(3);
    Input x = values(upTo(2), 3 + upTo(3), 3 + upTo(2), c);
    Input w = values(upTo(3), 3, 2, c);
    Shape image = Shape.of(x.dims());
    ConvGeometry g = ConvGeometry.of("conv2d", image, Shape.of(w.dims()), stride, 1, 1, 1);
    Input grad = values(g.output().dims());
    add("conv2d_input_grad", i -> Conv2d.InputGrad.apply(g, i.get(0), i.get(1)), grad, w);
    add("conv2d_weight_grad", i -> Conv2d.WeightGrad.apply(g, i.get(0), i.get(1)), x, grad);
  }

  /** The transposes of both poolings; which places won is told by an image that stays as it is. */
  private void poolGradients() {
    Input image = values(upTo(2), 4 + upTo(2), 4 + upTo(3), upTo(3));
    Shape shape = Shape.of(image.dims());
    PoolGeometry g = PoolGeometry.of("max_pool2d", shape, 3, 2, 1);
    Input grad = values(g.output().dims());
    add("max_pool2d_grad", i -> Pool2d.Scatter.apply(g, i.get(0), winners(g, image)), grad);
    add(
        "max_pool2d_pick",
        i -> Pool2d.Pick.apply(g, i.get(0), winners(g, image)),
        values(shape.dims()));
    add("avg_pool2d_grad", i -> Pool2d.Spread.apply(g, i.get(0)), grad);
  }

  private static Tensor winners(PoolGeometry g, Input image) {
    Tensor x = image.tensor();
    Tensor largest = Tensor.allocate(x.device(), g.output());
    Tensor winners = Tensor.allocate(x.device(), DType.UINT8, g.output());
    x.device().maxPool2d(g, x.buffer(), largest.buffer(), winners.buffer());
    return winners;
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
        "soft_cross_entropy",
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

  /** What wraps a function of the user's own. */
  private void functions() {
    int[] d = dims();
    CustomOp product =
        CustomOp.of(
            "product",
            (List<Tensor> in) -> in.get(0).mul(in.get(1)),
            (g, call) -> new Tensor[] {g.mul(call.input(1)), g.mul(call.input(0))});
    add("custom", x -> product.apply(x.get(0), x.get(1)), values(d), values(d));
    add("straight_through", x -> shifted().apply(x.get(0)), values(d));
    add("bpda", x -> Surrogate.bpda(Tensor::tanh, Tensor::tanh).apply(x.get(0)), values(d));
    add(
        "recompute",
        x -> Recompute.of(t -> t.tanh().mul(x.get(1)).mul(t), x.get(0)),
        values(d),
        values(d));
  }

  private static UnaryOperator<Tensor> shifted() {
    return Surrogate.straightThrough(t -> t.add(0.5)); // whose gradient is the identity's indeed
  }
}
