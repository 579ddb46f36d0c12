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
      new Unary(UnaryFunction.ABS, "abs", "|x|", "g sign(x), 0 at 0", (g, x, y) -> g.mul(x.sign()));

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

  public static final Unary LOG =
      new Unary(
          UnaryFunction.LOG, "log", "the natural logarithm of x", "g / x", (g, x, y) -> g.div(x));

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
          LOG,
          SIN,
          COS,
          TANH,
          SIGMOID,
          RELU,
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

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    return new Tensor[] {rule.vjp(g, call.input(0), call.output())};
  }
}
