package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import java.util.Arrays;

/**
 * Batch normalisation (Ioffe and Szegedy 2015, algorithm 1), channels being the last axis, with the
 * relu and the residual sum that residual networks put behind it; both may be left out. Inputs are
 * x, gamma, beta and, if there is one, the residual.
 */
public final class BatchNorm implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "batch_norm",
          "relu((x - mean) rstd gamma + beta + residual) over the last axis' channels",
          "with h = g where y > 0 and z = (x - mean) rstd: of x gamma rstd (h - mean h - z mean(h z)),"
              + " without the means where mean and rstd are given; of gamma sum h z; of beta sum h; of"
              + " the residual h");

  private final Tensor mean;
  private final Tensor rstd;
  private final double eps;
  private final boolean ofBatch;
  private final boolean relu;

  private BatchNorm(Tensor mean, Tensor rstd, double eps, boolean ofBatch, boolean relu) {
    this.mean = mean;
    this.rstd = rstd;
    this.eps = eps;
    this.ofBatch = ofBatch;
    this.relu = relu;
  }

  /** What {@link #train} gives: the result, and the batch's statistics {@code [C]}. */
  public record Batch(Tensor y, Tensor mean, Tensor variance) {}

  /** With the batch's own mean and biased variance. */
  public static Batch train(
      Tensor x, Tensor gamma, Tensor beta, Tensor residual, double eps, boolean relu) {
    check(x, residual);
    int channels = x.shape().dim(-1);
    if (x.shape().size() == 0 && channels > 0) {
      throw new ShapeException(
          "batch_norm: input "
              + x.shape()
              + " has no values to take a mean of; expects one or more");
    }
    Tensor mean = Tensor.allocate(x.device(), Shape.of(channels));
    Tensor variance = Tensor.allocate(x.device(), Shape.of(channels));
    x.device().channelStats(x.buffer(), rows(x), channels, mean.buffer(), variance.buffer());
    return new Batch(
        apply(x, mean, variance, gamma, beta, residual, eps, true, relu), mean, variance);
  }

  /** With given mean and variance, which are constants to autograd. */
  public static Tensor eval(
      Tensor x,
      Tensor mean,
      Tensor variance,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      double eps,
      boolean relu) {
    check(x, residual);
    requireChannels(x, mean);
    requireChannels(x, variance);
    return apply(x, mean, variance, gamma, beta, residual, eps, false, relu);
  }

  private static Tensor apply(
      Tensor x,
      Tensor mean,
      Tensor variance,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      double eps,
      boolean ofBatch,
      boolean relu) {
    Tensor gamma = weight == null ? Tensor.full(x.device(), mean.shape(), 1) : weight;
    Tensor beta = bias == null ? Tensor.full(x.device(), mean.shape(), 0) : bias;
    requireChannels(x, gamma);
    requireChannels(x, beta);
    Tensor y = Tensor.allocate(x.device(), x.shape());
    Tensor rstd;
    Tensor saved;
    try (Autograd.Mode plain = Autograd.noGrad()) {
      rstd = variance.add(eps).sqrt().reciprocal();
      // A given mean may be a running one, and change before the backward pass.
      saved = ofBatch ? mean.alias() : mean.mul(1);
      Tensor scale = rstd.mul(gamma);
      x.device()
          .normalize(
              x.buffer(),
              rows(x),
              x.shape().dim(-1),
              mean.buffer(),
              scale.buffer(),
              beta.buffer(),
              residual == null ? null : residual.buffer(),
              relu,
              y.buffer());
    }
    BatchNorm op = new BatchNorm(saved, rstd, eps, ofBatch, relu);
    return residual == null
        ? Autograd.record(op, y, x, gamma, beta)
        : Autograd.record(op, y, x, gamma, beta, residual);
  }

  private static void check(Tensor x, Tensor residual) {
    x.requireFloat("batch_norm");
    if (x.shape().rank() < 2) {
      throw new ShapeException("batch_norm: input " + x.shape() + ": expects [N, ..., C]");
    }
    if (residual != null) {
      x.requireSameDevice("batch_norm", residual);
      residual.requireFloat("batch_norm");
      if (!residual.shape().equals(x.shape())) {
        throw new ShapeException(
            "batch_norm: residual " + residual.shape() + " for input " + x.shape());
      }
    }
  }

  private static void requireChannels(Tensor x, Tensor perChannel) {
    x.requireSameDevice("batch_norm", perChannel);
    perChannel.requireFloat("batch_norm");
    if (!perChannel.shape().equals(Shape.of(x.shape().dim(-1)))) {
      throw new ShapeException(
          "batch_norm: "
              + perChannel.shape()
              + " for input "
              + x.shape()
              + ": expects ["
              + x.shape().dim(-1)
              + "], one for each channel");
    }
  }

  private static int rows(Tensor x) {
    return x.shape().size() / Math.max(1, x.shape().dim(-1));
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  /**
   * Shift and scale, what is put behind them, and the batch's statistics where they are its own.
   */
  @Override
  public long flops(Tensor output, Tensor... inputs) {
    int each = 2 + (ofBatch ? 4 : 0) + (relu ? 1 : 0) + (inputs.length > 3 ? 1 : 0);
    return (long) each * output.shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    // A gradient that may be differentiated again is made of ops; a plain one in fused calls.
    return Autograd.isEnabled() ? composed(g, call) : fused(g, call);
  }

  private Tensor[] composed(Tensor g, Call call) {
    Tensor x = call.input(0);
    Tensor gamma = call.input(1);
    Tensor h = relu ? Binary.RELU_GRAD.apply(call.output(), g) : g;
    int[] rows = allButLast(x);
    Tensor centred = x.sub(ofBatch ? x.mean(rows) : mean);
    Tensor r = ofBatch ? centred.square().mean(rows).add(eps).sqrt().reciprocal() : rstd;
    Tensor z = centred.mul(r);
    Tensor sum = h.sum(rows);
    Tensor ofProducts = h.mul(z).sum(rows);
    Tensor inner = h;
    if (ofBatch) {
      inner = h.sub(sum.add(z.mul(ofProducts)).div(rows(x)));
    }
    Tensor ofX = inner.mul(r.mul(gamma));
    return withResidual(call, ofX, ofProducts, sum, h);
  }

  private Tensor[] fused(Tensor g, Call call) {
    Tensor x = call.input(0);
    Tensor gamma = call.input(1);
    Backend b = g.device();
    int channels = x.shape().dim(-1);
    Buffer y = relu ? call.output().buffer() : null;
    Tensor sum = Tensor.full(b, Shape.of(channels), 0);
    Tensor products = Tensor.full(b, Shape.of(channels), 0);
    if (ofBatch || call.needs(1) || call.needs(2)) {
      b.normalizeSums(
          g.buffer(),
          y,
          x.buffer(),
          rows(x),
          channels,
          mean.buffer(),
          sum.buffer(),
          products.buffer());
    }
    Tensor ofGamma = products.mul(rstd);
    Tensor ofGrad = rstd.mul(gamma);
    double share = ofBatch ? -1.0 / rows(x) : 0;
    Tensor ofInput = ofGrad.mul(ofGamma.mul(rstd)).mul(share);
    Tensor constant = ofGrad.mul(sum).mul(share);
    boolean hasResidual = call.inputs().length > 3 && call.needs(3);
    Tensor ofX = Tensor.allocate(b, x.shape());
    Tensor h = hasResidual ? Tensor.allocate(b, x.shape()) : null;
    b.normalizeGrad(
        g.buffer(),
        y,
        x.buffer(),
        rows(x),
        channels,
        mean.buffer(),
        ofGrad.buffer(),
        ofInput.buffer(),
        constant.buffer(),
        ofX.buffer(),
        hasResidual ? h.buffer() : null);
    return withResidual(call, ofX, ofGamma, sum, h);
  }

  private static Tensor[] withResidual(
      Call call, Tensor ofX, Tensor ofGamma, Tensor ofBeta, Tensor ofResidual) {
    return call.inputs().length > 3
        ? new Tensor[] {ofX, ofGamma, ofBeta, ofResidual}
        : new Tensor[] {ofX, ofGamma, ofBeta};
  }

  private static int[] allButLast(Tensor x) {
    int[] axes = new int[x.shape().rank() - 1];
    Arrays.setAll(axes, i -> i);
    return axes;
  }

  @Override
  public void free() {
    mean.release();
    rstd.release();
  }
}
