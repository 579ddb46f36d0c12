package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;

/**
 * A convolution and an activation of it in one pass over memory. Behind a relu, {@link Conv2dRelu}
 * keeps less.
 *
 * @param geometry of the convolution
 * @param activation what is done to its result
 * @param before its result, kept for the gradient; null where there will be none
 */
public record Conv2dActivation(ConvGeometry geometry, Unary activation, Tensor before)
    implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "conv2d_activation",
          "f(conv2d(x, w, b)), f being an elementwise op",
          "as of f, then as of conv2d");

  /** x {@code [N,H,W,C]}, w {@code [K,R,S,C/groups]}, bias {@code [K]} or null. */
  public static Tensor apply(ConvGeometry g, Unary activation, Tensor x, Tensor w, Tensor bias) {
    Conv2d.check("conv2d_activation", g, x, w, bias);
    Tensor[] inputs = bias == null ? new Tensor[] {x, w} : new Tensor[] {x, w, bias};
    Tensor y = Tensor.allocate(x.device(), g.output());
    Tensor before = Autograd.records(inputs) ? Tensor.allocate(x.device(), g.output()) : null;
    Buffer b = bias == null ? null : bias.buffer();
    Buffer z = before == null ? null : before.buffer();
    x.device().conv2dActivation(activation.function(), g, x.buffer(), w.buffer(), b, z, y.buffer());
    return Autograd.record(new Conv2dActivation(g, activation, before), y, inputs);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return Conv2d.flops(geometry) + output.shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    // What was kept has no history: a gradient that may be differentiated again computes it anew.
    Tensor z = Autograd.isEnabled() ? convolved(call) : before;
    Tensor ofBefore = activation.vjp(g, z, call.output());
    return new Conv2d.Forward(geometry).vjp(ofBefore, call);
  }

  private Tensor convolved(Call call) {
    Tensor bias = call.inputs().length > 2 ? call.input(2) : null;
    return Conv2d.Forward.apply(geometry, call.input(0), call.input(1), bias);
  }

  @Override
  public void free() {
    if (before != null) {
      before.release();
    }
  }
}
