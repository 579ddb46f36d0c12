package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.UnaryFunction;
import java.util.List;

/** The elementwise ops of one argument: a row each, with the gradient in tensor ops. */
public final class Unary implements Op {
  /** A gradient rule: incoming gradient g, input x, output y. */
  private interface Rule {
    Tensor vjp(Tensor g, Tensor x, Tensor y);
  }

  /** -x; vjp: -g. */
  public static final Unary NEG = new Unary("neg", UnaryFunction.NEG, (g, x, y) -> g.neg());

  /** |x|; vjp: g sign(x), 0 at 0. */
  public static final Unary ABS = new Unary("abs", UnaryFunction.ABS, (g, x, y) -> g.mul(x.sign()));

  /** x^2; vjp: 2 g x. */
  public static final Unary SQUARE =
      new Unary("square", UnaryFunction.SQUARE, (g, x, y) -> g.mul(x).mul(2));

  /** The square root; vjp: g / (2 y). */
  public static final Unary SQRT =
      new Unary("sqrt", UnaryFunction.SQRT, (g, x, y) -> g.div(y).mul(0.5));

  /** 1 / x; vjp: -g y^2. */
  public static final Unary RECIPROCAL =
      new Unary("reciprocal", UnaryFunction.RECIPROCAL, (g, x, y) -> g.mul(y.square()).neg());

  /** e^x; vjp: g y. */
  public static final Unary EXP = new Unary("exp", UnaryFunction.EXP, (g, x, y) -> g.mul(y));

  /** The natural logarithm; vjp: g / x. */
  public static final Unary LOG = new Unary("log", UnaryFunction.LOG, (g, x, y) -> g.div(x));

  /** sin x; vjp: g cos x. */
  public static final Unary SIN = new Unary("sin", UnaryFunction.SIN, (g, x, y) -> g.mul(x.cos()));

  /** cos x; vjp: -g sin x. */
  public static final Unary COS =
      new Unary("cos", UnaryFunction.COS, (g, x, y) -> g.mul(x.sin()).neg());

  /** tanh x; vjp: g (1 - y^2). */
  public static final Unary TANH =
      new Unary("tanh", UnaryFunction.TANH, (g, x, y) -> g.mul(y.square().neg().add(1)));

  /** 1 / (1 + e^-x); vjp: g y (1 - y). */
  public static final Unary SIGMOID =
      new Unary("sigmoid", UnaryFunction.SIGMOID, (g, x, y) -> g.mul(y.mul(y.neg().add(1))));

  /** max(x, 0); vjp: g where x > 0, 0 at 0. */
  public static final Unary RELU =
      new Unary("relu", UnaryFunction.RELU, (g, x, y) -> Binary.RELU_GRAD.apply(y, g));

  /** -1, 0 or 1; vjp: 0 everywhere, as in PyTorch. */
  public static final Unary SIGN = new Unary("sign", UnaryFunction.SIGN, Unary::zero);

  /** The largest whole number not above x; vjp: 0. */
  public static final Unary FLOOR = new Unary("floor", UnaryFunction.FLOOR, Unary::zero);

  /** The smallest whole number not below x; vjp: 0. */
  public static final Unary CEIL = new Unary("ceil", UnaryFunction.CEIL, Unary::zero);

  /** The nearest whole number, ties to even; vjp: 0. */
  public static final Unary ROUND = new Unary("round", UnaryFunction.ROUND, Unary::zero);

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

  private final String name;
  private final UnaryFunction function;
  private final Rule rule;

  private Unary(String name, UnaryFunction function, Rule rule) {
    this.name = name;
    this.function = function;
    this.rule = rule;
  }

  private static Tensor zero(Tensor g, Tensor x, Tensor y) {
    return Tensor.full(x.device(), x.shape(), 0);
  }

  /** f(x), elementwise. */
  public Tensor apply(Tensor x) {
    x.requireFloat(name);
    Tensor y = Tensor.allocate(x.device(), x.shape());
    x.device().unary(function, x.buffer(), y.buffer());
    return Autograd.record(this, y, x);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    return new Tensor[] {rule.vjp(g, call.input(0), call.output())};
  }
}
