package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.UnaryFunction;
import java.util.List;

/**
 * The elementwise ops of one argument: a row each, with its formula, its gradient in words and its
 * gradient in tensor ops.
 */
public final class Unary implements Op {
  /** A gradient rule: incoming gradient g, input x, output y. */
  private interface Rule {
    Tensor vjp(Tensor g, Tensor x, Tensor y);
  }

  public static final Unary NEG =
      new Unary(UnaryFunction.NEG, "neg", "-x", "-g", (g, x, y) -> g.neg());

  public static final Unary ABS =
      new Unary(
          UnaryFunction.ABS,
          "abs",
          "|x|",
          "g sign(x), 0 at 0",
          (g, x, y) -> Binary.MASKED_MUL.apply(x.sign(), g));

  public static final Unary SQUARE =
      new Unary(UnaryFunction.SQUARE, "square", "x^2", "2 g x", (g, x, y) -> g.mul(x).mul(2));

  public static final Unary SQRT =
      new Unary(
          UnaryFunction.SQRT,
          "sqrt",
          "the square root of x",
          "g / (2 y)",
          (g, x, y) -> g.div(y).mul(0.5));

  public static final Unary RECIPROCAL =
      new Unary(
          UnaryFunction.RECIPROCAL,
          "reciprocal",
          "1 / x",
          "-g y^2",
          (g, x, y) -> g.mul(y.square()).neg());

  public static final Unary EXP =
      new Unary(UnaryFunction.EXP, "exp", "e^x", "g y", (g, x, y) -> g.mul(y));

  public static final Unary EXPM1 =
      new Unary(UnaryFunction.EXPM1, "expm1", "e^x - 1", "g e^x", (g, x, y) -> g.mul(x.exp()));

  public static final Unary LOG =
      new Unary(
          UnaryFunction.LOG, "log", "the natural logarithm of x", "g / x", (g, x, y) -> g.div(x));

  public static final Unary LOG1P =
      new Unary(
          UnaryFunction.LOG1P, "log1p", "log(1 + x)", "g / (1 + x)", (g, x, y) -> g.div(x.add(1)));

  public static final Unary SIN =
      new Unary(UnaryFunction.SIN, "sin", "sin x", "g cos x", (g, x, y) -> g.mul(x.cos()));

  public static final Unary COS =
      new Unary(UnaryFunction.COS, "cos", "cos x", "-g sin x", (g, x, y) -> g.mul(x.sin()).neg());

  public static final Unary TANH =
      new Unary(
          UnaryFunction.TANH,
          "tanh",
          "tanh x",
          "g (1 - y^2)",
          (g, x, y) -> g.mul(y.square().neg().add(1)));

  public static final Unary ERF =
      new Unary(
          UnaryFunction.ERF,
          "erf",
          "2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x",
          "g 2 / sqrt(pi) e^(-x^2)",
          (g, x, y) -> g.mul(x.clip(-40, 40).square().neg().exp().mul(2 / Math.sqrt(Math.PI))));

  public static final Unary SIGMOID =
      new Unary(
          UnaryFunction.SIGMOID,
          "sigmoid",
          "1 / (1 + e^-x)",
          "g y (1 - y)",
          (g, x, y) -> g.mul(y.mul(y.neg().add(1))));

  public static final Unary RELU =
      new Unary(
          UnaryFunction.RELU,
          "relu",
          "max(x, 0)",
          "g where x > 0, 0 at 0",
          (g, x, y) -> Binary.RELU_GRAD.apply(y, g));

  public static final Unary GELU =
      new Unary(
          UnaryFunction.GELU,
          "gelu",
          "x N(x), N being the normal distribution function",
          "g gelu_grad(x)",
          (g, x, y) -> g.mul(geluGrad(x)));

  public static final Unary GELU_TANH =
      new Unary(
          UnaryFunction.GELU_TANH,
          "gelu_tanh",
          "x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3)",
          "g gelu_tanh_grad(x)",
          (g, x, y) -> g.mul(geluTanhGrad(x)));

  /** What gelu's gradient is made of, in one pass. */
  public static final Unary GELU_GRAD =
      new Unary(
          UnaryFunction.GELU_GRAD,
          "gelu_grad",
          "N(x) + x N'(x)",
          "g N'(x) (2 - x^2)",
          (g, x, y) -> g.mul(geluCurvature(x)));

  /** The same of the tanh form. */
  public static final Unary GELU_TANH_GRAD =
      new Unary(
          UnaryFunction.GELU_TANH_GRAD,
          "gelu_tanh_grad",
          "s + x s', s = (1 + tanh u) / 2",
          "g (2 s' + x s'')",
          (g, x, y) -> g.mul(geluTanhCurvature(x)));

  public static final Unary SILU =
      new Unary(
          UnaryFunction.SILU,
          "silu",
          "x / (1 + e^-x)",
          "g silu_grad(x)",
          (g, x, y) -> g.mul(siluGrad(x)));

  /** What silu's gradient is made of, in one pass. */
  public static final Unary SILU_GRAD =
      new Unary(
          UnaryFunction.SILU_GRAD,
          "silu_grad",
          "s (1 + x (1 - s)), s = sigmoid(x)",
          "g s (1 - s) (2 + x (1 - 2 s))",
          (g, x, y) -> g.mul(siluCurvature(x)));

  public static final Unary SOFTPLUS =
      new Unary(
          UnaryFunction.SOFTPLUS,
          "softplus",
          "log(1 + e^x)",
          "g sigmoid(x)",
          (g, x, y) -> g.mul(x.sigmoid()));

  public static final Unary RELU6 =
      new Unary(
          UnaryFunction.RELU6,
          "relu6",
          "min(max(x, 0), 6)",
          "g where 0 < x < 6, 0 at both",
          (g, x, y) -> Binary.MASKED_MUL.apply(x.gt(0).mul(x.lt(6)), g));

  public static final Unary HARDSWISH =
      new Unary(
          UnaryFunction.HARDSWISH,
          "hardswish",
          "x min(max(x + 3, 0), 6) / 6",
          "g (x / 3 + 1 / 2) where |x| < 3, g from 3 on, 0 up to -3",
          (g, x, y) -> Binary.MASKED_MUL.apply(hardswishSlope(x), g));

  public static final Unary SIGN =
      new Unary(
          UnaryFunction.SIGN, "sign", "-1, 0 or 1", "0 everywhere, as in PyTorch", Unary::zero);

  public static final Unary FLOOR =
      new Unary(
          UnaryFunction.FLOOR, "floor", "the largest whole number not above x", "0", Unary::zero);

  public static final Unary CEIL =
      new Unary(
          UnaryFunction.CEIL, "ceil", "the smallest whole number not below x", "0", Unary::zero);

  public static final Unary ROUND =
      new Unary(
          UnaryFunction.ROUND, "round", "the nearest whole number, ties to even", "0", Unary::zero);

  /** All of them. */
  public static final List<Unary> ALL =
      List.of(
          NEG,
          ABS,
          SQUARE,
          SQRT,
          RECIPROCAL,
          EXP,
          EXPM1,
          LOG,
          LOG1P,
          SIN,
          COS,
          TANH,
          ERF,
          SIGMOID,
          RELU,
          GELU,
          GELU_TANH,
          GELU_GRAD,
          GELU_TANH_GRAD,
          SILU,
          SILU_GRAD,
          SOFTPLUS,
          RELU6,
          HARDSWISH,
          SIGN,
          FLOOR,
          CEIL,
          ROUND);

  private final UnaryFunction function;
  private final OpInfo info;
  private final Rule rule;

  private Unary(UnaryFunction function, String name, String formula, String vjp, Rule rule) {
    this.function = function;
    this.info = new OpInfo(name, formula, vjp);
    this.rule = rule;
  }

  private static Tensor zero(Tensor g, Tensor x, Tensor y) {
    return Tensor.full(x.device(), x.shape(), 0);
  }

  private static Tensor geluGrad(Tensor x) {
    return GELU_GRAD.apply(x);
  }

  private static Tensor geluTanhGrad(Tensor x) {
    return GELU_TANH_GRAD.apply(x);
  }

  /** N'(x) (2 - x^2); so far out that it is 0, x^2 stays finite. */
  private static Tensor geluCurvature(Tensor x) {
    Tensor square = x.clip(-40, 40).square();
    return square.mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI)).mul(square.neg().add(2));
  }

  /**
   * With w = 2 u and s = 1 / (1 + exp(-w)): s' = s (1 - s) w' and s'' = s (1 - s) (w'' - w'^2 tanh
   * u). 1 - s is the s of -w, which keeps its digits in the tail.
   */
  private static Tensor geluTanhCurvature(Tensor x) {
    double scale = 2 * Math.sqrt(2 / Math.PI);
    double cubic = 0.044715;
    Tensor z = x.clip(-40, 40);
    Tensor square = z.square();
    Tensor w = square.mul(cubic).add(1).mul(z).mul(scale);
    Tensor slope = square.mul(3 * cubic).add(1).mul(scale);
    Tensor both = w.sigmoid().mul(w.neg().sigmoid());
    Tensor second = z.mul(6 * cubic * scale).sub(slope.square().mul(w.mul(0.5).tanh()));
    return both.mul(slope.mul(2).add(z.mul(second)));
  }

  private static Tensor siluGrad(Tensor x) {
    return SILU_GRAD.apply(x);
  }

  /** With s' = s (1 - s); so far out that it is 0, x stays finite. */
  private static Tensor siluCurvature(Tensor x) {
    Tensor z = x.clip(-1000, 1000);
    Tensor s = z.sigmoid();
    Tensor rest = z.neg().sigmoid();
    return s.mul(rest).mul(z.mul(rest.sub(s)).add(2));
  }

  private static Tensor hardswishSlope(Tensor x) {
    Tensor bent = x.gt(-3).mul(x.lt(3));
    return Binary.MASKED_MUL.apply(bent, x.div(3).add(0.5)).add(x.ge(3));
  }

  /** f(x), elementwise. */
  public Tensor apply(Tensor x) {
    x.requireFloat(info.name());
    Tensor y = Tensor.allocate(x.device(), x.shape());
    x.device().unary(function, x.buffer(), y.buffer());
    return Autograd.record(this, y, x);
  }

  @Override
  public OpInfo info() {
    return info;
  }

  UnaryFunction function() {
    return function;
  }

  /** The gradient of x, y being f(x). */
  Tensor vjp(Tensor g, Tensor x, Tensor y) {
    return rule.vjp(g, x, y);
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    return new Tensor[] {vjp(g, call.input(0), call.output())};
  }
}
