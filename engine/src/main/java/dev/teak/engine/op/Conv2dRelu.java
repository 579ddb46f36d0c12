package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;

/** A convolution, a relu and a max-pooling in one pass over memory; the pooling may be left out. */
public record Conv2dRelu(ConvGeometry geometry, PoolGeometry pool, Tensor winners) implements Op {
  static final OpInfo INFO =
      new OpInfo("conv2d_relu", "relu(conv2d(x, w, b))", "g where y > 0, then as of conv2d");

  static final OpInfo POOLED =
      new OpInfo(
          "conv2d_relu_max_pool2d",
          "max_pool2d(relu(conv2d(x, w, b)))",
          "g where y > 0, put where the winners were, then as of conv2d");

  /** Without a pooling: {@code [N, P, Q, K]}. */
  public static Tensor apply(ConvGeometry g, Tensor x, Tensor w, Tensor bias) {
    Conv2d.check("conv2d_relu", g, x, w, bias);
    Tensor y = Tensor.allocate(x.device(), g.output());
    x.device().conv2dRelu(g, x.buffer(), w.buffer(), bufferOrNull(bias), y.buffer());
    return record(new Conv2dRelu(g, null, null), y, x, w, bias);
  }

  /** With a pooling of the result. */
  public static Tensor apply(ConvGeometry g, PoolGeometry pool, Tensor x, Tensor w, Tensor bias) {
    Conv2d.check("conv2d_relu_max_pool2d", g, x, w, bias);
    Tensor y = Tensor.allocate(x.device(), pool.output());
    Tensor winners = Tensor.allocate(x.device(), DType.UINT8, pool.output());
    x.device()
        .conv2dReluMaxPool2d(
            g, pool, x.buffer(), w.buffer(), bufferOrNull(bias), y.buffer(), winners.buffer());
    return record(new Conv2dRelu(g, pool, winners), y, x, w, bias);
  }

  private static Tensor record(Op op, Tensor y, Tensor x, Tensor w, Tensor bias) {
    return bias == null ? Autograd.record(op, y, x, w) : Autograd.record(op, y, x, w, bias);
  }

  private static Buffer bufferOrNull(Tensor t) {
    return t == null ? null : t.buffer();
  }

  @Override
  public OpInfo info() {
    return pool == null ? INFO : POOLED;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    long pixels = geometry.output().size(); // a relu, and where there is a pooling a comparison
    return Conv2d.flops(geometry) + (pool == null ? 1 : 2) * pixels;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    // A gradient that may be differentiated again is made of ops; a plain one in fused calls.
    return Autograd.isEnabled() ? composed(g, call) : fused(g, call);
  }

  private Tensor[] composed(Tensor g, Call call) {
    Tensor open = Binary.RELU_GRAD.apply(call.output(), g);
    Tensor pixels = pool == null ? open : Pool2d.Scatter.apply(pool, open, winners);
    return new Conv2d.Forward(geometry).vjp(pixels, call);
  }

  private Tensor[] fused(Tensor g, Call call) {
    Tensor[] out = new Tensor[call.inputs().length];
    Backend b = g.device();
    Buffer grad = g.buffer();
    Buffer y = call.output().buffer();
    Buffer places = bufferOrNull(winners);
    if (call.needs(0)) {
      Buffer w = call.input(1).buffer();
      out[0] = Tensor.allocate(b, geometry.input());
      b.conv2dReluInputGrad(geometry, pool, grad, y, places, w, out[0].buffer());
    }
    if (call.needs(1)) {
      Buffer x = call.input(0).buffer();
      out[1] = Tensor.allocate(b, geometry.weight());
      b.conv2dReluWeightGrad(geometry, pool, x, grad, y, places, out[1].buffer());
    }
    if (out.length > 2 && call.needs(2)) {
      // Putting a gradient where the winners were does not change its sum.
      out[2] = Binary.RELU_GRAD.apply(call.output(), g).sum(0, 1, 2);
    }
    return out;
  }

  @Override
  public void free() {
    if (winners != null) {
      winners.release();
    }
  }
}
