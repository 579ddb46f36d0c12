package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.ConvGeometry;

/**
 * 2-d convolution and its two gradients. Each of the three is linear in both of its arguments and
 * has the other two as its gradients, so derivatives of any order stay among them.
 */
public final class Conv2d {
  private Conv2d() {}

  /** The convolution itself; a cross-correlation, as in every framework. */
  public record Forward(ConvGeometry geometry) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "conv2d",
            "y[n,p,q,k] = b[k] + sum over r, s, c of x[n, p stride + r dilation - padding, ..., c] w[k,r,s,c]",
            "conv2d_input_grad(g, w), conv2d_weight_grad(x, g), the sum of g over all axes but the last");

    /**
     * x {@code [N,H,W,C]} convolved with w {@code [K,R,S,C/groups]}, plus bias {@code [K]} or null.
     */
    public static Tensor apply(ConvGeometry g, Tensor x, Tensor w, Tensor bias) {
      check("conv2d", g, x, w, bias);
      Tensor y = Tensor.allocate(x.device(), g.output());
      x.device().conv2d(g, x.buffer(), w.buffer(), bias == null ? null : bias.buffer(), y.buffer());
      Forward op = new Forward(g);
      return bias == null ? Autograd.record(op, y, x, w) : Autograd.record(op, y, x, w, bias);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return Conv2d.flops(geometry);
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      Tensor[] out = new Tensor[call.inputs().length];
      out[0] = call.needs(0) ? InputGrad.apply(geometry, g, call.input(1)) : null;
      out[1] = call.needs(1) ? WeightGrad.apply(geometry, call.input(0), g) : null;
      if (out.length > 2 && call.needs(2)) {
        out[2] = g.sum(0, 1, 2);
      }
      return out;
    }
  }

  /** The transpose of a convolution in its input: {@code [N,P,Q,K]} to {@code [N,H,W,C]}. */
  public record InputGrad(ConvGeometry geometry) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "conv2d_input_grad",
            "the transpose of conv2d in its input: from a gradient a of its output and w",
            "conv2d(g, w), conv2d_weight_grad(g, a)");

    /** Gradient of the convolution's input from that of its output. */
    public static Tensor apply(ConvGeometry g, Tensor grad, Tensor w) {
      require("conv2d_input_grad", grad, w);
      requireShape("conv2d_input_grad", "gradient", grad, g.output());
      requireShape("conv2d_input_grad", "weight", w, g.weight());
      Tensor y = Tensor.allocate(grad.device(), g.input());
      grad.device().conv2dInputGrad(g, grad.buffer(), w.buffer(), y.buffer());
      return Autograd.record(new InputGrad(g), y, grad, w);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return Conv2d.flops(geometry);
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {
        call.needs(0) ? Forward.apply(geometry, g, call.input(1), null) : null,
        call.needs(1) ? WeightGrad.apply(geometry, g, call.input(0)) : null
      };
    }
  }

  /** The transpose of a convolution in its weight. */
  public record WeightGrad(ConvGeometry geometry) implements Op {
    static final OpInfo INFO =
        new OpInfo(
            "conv2d_weight_grad",
            "the transpose of conv2d in its weight: from x and a gradient a of its output",
            "conv2d_input_grad(a, g), conv2d(x, g)");

    /** Gradient of the convolution's weight from its input and the gradient of its output. */
    public static Tensor apply(ConvGeometry g, Tensor x, Tensor grad) {
      require("conv2d_weight_grad", x, grad);
      requireShape("conv2d_weight_grad", "input", x, g.input());
      requireShape("conv2d_weight_grad", "gradient", grad, g.output());
      Tensor y = Tensor.allocate(x.device(), g.weight());
      x.device().conv2dWeightGrad(g, x.buffer(), grad.buffer(), y.buffer());
      return Autograd.record(new WeightGrad(g), y, x, grad);
    }

    @Override
    public OpInfo info() {
      return INFO;
    }

    @Override
    public long flops(Tensor output, Tensor... inputs) {
      return Conv2d.flops(geometry);
    }

    @Override
    public Tensor[] vjp(Tensor g, Call call) {
      return new Tensor[] {
        call.needs(0) ? InputGrad.apply(geometry, call.input(1), g) : null,
        call.needs(1) ? Forward.apply(geometry, call.input(0), g, null) : null
      };
    }
  }

  /** A multiplication and an addition for each tap of each output. */
  static long flops(ConvGeometry g) {
    return 2L * g.output().size() * (g.weight().size() / Math.max(1, g.k()));
  }

  /** Checks what a forward convolution is given beside the shapes that made its geometry. */
  static void check(String op, ConvGeometry g, Tensor x, Tensor w, Tensor bias) {
    require(op, x, w);
    requireShape(op, "input", x, g.input());
    requireShape(op, "weight", w, g.weight());
    if (bias != null) {
      checkBias(op, x, bias, g.k());
    }
  }

  /** Checks that a bias has a number for each channel of the result. */
  public static void checkBias(String op, Tensor x, Tensor bias, int channels) {
    require(op, x, bias);
    if (bias.shape().rank() != 1 || bias.shape().dim(0) != channels) {
      throw new ShapeException(
          op + ": bias " + bias.shape() + " must be [" + channels + "], one for each channel");
    }
  }

  /** That a tensor has the shape that the geometry tells the kernels. */
  static void requireShape(String op, String role, Tensor t, Shape expected) {
    if (!t.shape().equals(expected)) {
      throw new ShapeException(
          op + ": " + role + " " + t.shape() + ": expects " + expected + " by its geometry");
    }
  }

  private static void require(String op, Tensor a, Tensor b) {
    a.requireFloat(op);
    b.requireFloat(op);
    a.requireSameDevice(op, b);
  }
}
