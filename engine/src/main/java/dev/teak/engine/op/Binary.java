package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.BinaryFunction;
import java.util.List;

/**
 * The elementwise ops of two arguments, broadcast as in NumPy: a row each, with its formula, its
 * gradients in words and its gradients in tensor ops. Comparisons give 1 or 0 and have none.
 */
public final class Binary implements Op {
  /** A gradient rule: incoming gradient g, inputs a and b, output y. */
  interface Rule {
    Tensor vjp(Tensor g, Tensor a, Tensor b, Tensor y);
  }

  public static final Binary ADD =
      new Binary(BinaryFunction.ADD, "add", "a + b", "g, g", (g, a, b, y) -> g, (g, a, b, y) -> g);

  public static final Binary SUB =
      new Binary(
          BinaryFunction.SUB, "sub", "a - b", "g, -g", (g, a, b, y) -> g, (g, a, b, y) -> g.neg());

  public static final Binary MUL =
      new Binary(
          BinaryFunction.MUL,
          "mul",
          "a b",
          "g b, g a",
          (g, a, b, y) -> g.mul(b),
          (g, a, b, y) -> g.mul(a));

  public static final Binary DIV =
      new Binary(
          BinaryFunction.DIV,
          "div",
          "a / b",
          "g / b, -g y / b",
          (g, a, b, y) -> g.div(b),
          (g, a, b, y) -> g.mul(y).div(b).neg());

  public static final Binary MAX =
      new Binary(
          BinaryFunction.MAX,
          "maximum",
          "the larger of a and b",
          "g to the larger, half to each at a tie, as in PyTorch",
          (g, a, b, y) -> masked(share(a.gt(b), a, b), g),
          (g, a, b, y) -> masked(share(b.gt(a), a, b), g));

  public static final Binary MIN =
      new Binary(
          BinaryFunction.MIN,
          "minimum",
          "the smaller of a and b",
          "g to the smaller, half to each at a tie, as in PyTorch",
          (g, a, b, y) -> masked(share(a.lt(b), a, b), g),
          (g, a, b, y) -> masked(share(b.lt(a), a, b), g));

  public static final Binary POW =
      new Binary(
          BinaryFunction.POW,
          "pow",
          "a^b",
          "g b a^(b-1) (0 where b is 0), g y log a (0 where a is 0 and b is not negative)",
          Binary::powByBase,
          Binary::powByExponent);

  public static final Binary FMOD =
      new Binary(
          BinaryFunction.FMOD,
          "fmod",
          "a - b trunc(a / b)",
          "g, -g trunc(a / b)",
          (g, a, b, y) -> g,
          (g, a, b, y) -> g.mul(a.sub(y).div(b).round()).neg());

  public static final Binary EQ = comparison(BinaryFunction.EQ, "eq", "1 where a = b, else 0");

  public static final Binary NE =
      comparison(BinaryFunction.NE, "ne", "1 where a differs from b, else 0");

  public static final Binary LT =
      comparison(BinaryFunction.LT, "lt", "1 where a is less than b, else 0");

  public static final Binary LE =
      comparison(BinaryFunction.LE, "le", "1 where a is at most b, else 0");

  public static final Binary GT =
      comparison(BinaryFunction.GT, "gt", "1 where a is greater than b, else 0");

  public static final Binary GE =
      comparison(BinaryFunction.GE, "ge", "1 where a is at least b, else 0");

  public static final Binary MASKED_MUL =
      new Binary(
          BinaryFunction.MASKED_MUL,
          "masked_mul",
          "a b where a is not 0, else 0: 0 inf is 0",
          "g b, g a where a is not 0, else 0",
          (g, a, b, y) -> g.mul(b),
          (g, a, b, y) -> masked(a, g));

  public static final Binary LEAKY_RELU =
      new Binary(
          BinaryFunction.LEAKY_RELU,
          "leaky_relu",
          "a where a > 0, else a b",
          "g where a > 0, else g b; 0 where a > 0, else g a",
          (g, a, b, y) -> a.gt(0).where(g, g.mul(b)),
          (g, a, b, y) -> a.gt(0).where(zero(g), g.mul(a)));

  public static final Binary ELU =
      new Binary(
          BinaryFunction.ELU,
          "elu",
          "a where a > 0, else b (e^a - 1)",
          "g where a > 0, else g b e^a; 0 where a > 0, else g (e^a - 1)",
          (g, a, b, y) -> a.gt(0).where(g, g.mul(b).mul(notPositive(a).exp())),
          (g, a, b, y) -> a.gt(0).where(zero(g), g.mul(notPositive(a).expm1())));

  /** What relu's gradient is made of, in one pass. */
  public static final Binary RELU_GRAD =
      new Binary(
          BinaryFunction.RELU_GRAD,
          "relu_grad",
          "b where a > 0, else 0",
          "none (a only chooses), g where a > 0",
          (g, a, b, y) -> null,
          (g, a, b, y) -> Binary.reluGrad(a, g));

  /** All that users see. */
  public static final List<Binary> ALL =
      List.of(
          ADD,
          SUB,
          MUL,
          DIV,
          MAX,
          MIN,
          POW,
          FMOD,
          MASKED_MUL,
          LEAKY_RELU,
          ELU,
          EQ,
          NE,
          LT,
          LE,
          GT,
          GE);

  private final BinaryFunction function;
  private final OpInfo info;
  private final Rule left;
  private final Rule right;

  private Binary(
      BinaryFunction function, String name, String formula, String vjp, Rule left, Rule right) {
    this.function = function;
    this.info = new OpInfo(name, formula, vjp, left != null);
    this.left = left;
    this.right = right;
  }

  private static Binary comparison(BinaryFunction function, String name, String formula) {
    return new Binary(
        function, name, formula, "none: it is constant wherever it does not jump", null, null);
  }

  private static Tensor reluGrad(Tensor a, Tensor g) {
    return RELU_GRAD.apply(a, g);
  }

  private static Tensor masked(Tensor mask, Tensor g) {
    return MASKED_MUL.apply(mask, g);
  }

  private static Tensor zero(Tensor like) {
    return Tensor.full(like.device(), Shape.SCALAR, 0);
  }

  /** What is not chosen where a is positive; it must stay finite there, for its own gradient. */
  private static Tensor notPositive(Tensor a) {
    return a.clip(Double.NEGATIVE_INFINITY, 0);
  }

  /** Where b is 0 the power that is not taken is a^0, for 0^-1 would be infinite. */
  private static Tensor powByBase(Tensor g, Tensor a, Tensor b, Tensor y) {
    Tensor varies = b.ne(0);
    return masked(varies, g).mul(b).mul(a.pow(varies.where(b.sub(1), zero(b))));
  }

  /** Where 0 is the power of 0 the logarithm that is not taken is that of 1. */
  private static Tensor powByExponent(Tensor g, Tensor a, Tensor b, Tensor y) {
    Tensor varies = a.ne(0).maximum(b.lt(0));
    Tensor one = Tensor.full(a.device(), Shape.SCALAR, 1);
    return masked(varies, g).mul(y.mul(varies.where(a, one).log()));
  }

  private static Tensor share(Tensor wins, Tensor a, Tensor b) {
    return wins.add(a.eq(b).mul(0.5));
  }

  /** f(a, b), elementwise and broadcast; where one of the two holds no floats, as {@link Ints}. */
  public Tensor apply(Tensor a, Tensor b) {
    a.requireSameDevice(info.name(), b);
    if (!a.dtype().isFloat() || !b.dtype().isFloat()) {
      return Ints.promoted(this, a, b);
    }
    Shape shape = Shape.broadcast(info.name(), a.shape(), b.shape());
    Tensor y = Tensor.allocate(a.device(), shape);
    a.device().binary(function, a.buffer(), a.shape(), b.buffer(), b.shape(), y.buffer(), shape);
    return left == null ? y : Autograd.record(this, y, a, b);
  }

  /** Whether it has gradients: comparisons have none. */
  public boolean isDifferentiable() {
    return left != null;
  }

  BinaryFunction function() {
    return function;
  }

  /** The gradient of a. */
  Tensor left(Tensor g, Tensor a, Tensor b, Tensor y) {
    return left.vjp(g, a, b, y);
  }

  @Override
  public OpInfo info() {
    return info;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor a = call.input(0);
    Tensor b = call.input(1);
    Tensor y = call.output();
    return new Tensor[] {
      call.needs(0) ? left.vjp(g, a, b, y) : null, call.needs(1) ? right.vjp(g, a, b, y) : null
    };
  }
}
