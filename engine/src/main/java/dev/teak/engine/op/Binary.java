package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.BinaryFunction;
import java.util.List;

/**
 * The elementwise ops of two arguments, broadcast as in NumPy: a row each, with both gradients in
 * tensor ops. Comparisons give 1 or 0 and have no gradient.
 */
public final class Binary implements Op {
  /** A gradient rule: incoming gradient g, inputs a and b, output y. */
  interface Rule {
    Tensor vjp(Tensor g, Tensor a, Tensor b, Tensor y);
  }

  /** a + b; vjp: g, g. */
  public static final Binary ADD =
      new Binary("add", BinaryFunction.ADD, (g, a, b, y) -> g, (g, a, b, y) -> g);

  /** a - b; vjp: g, -g. */
  public static final Binary SUB =
      new Binary("sub", BinaryFunction.SUB, (g, a, b, y) -> g, (g, a, b, y) -> g.neg());

  /** a b; vjp: g b, g a. */
  public static final Binary MUL =
      new Binary("mul", BinaryFunction.MUL, (g, a, b, y) -> g.mul(b), (g, a, b, y) -> g.mul(a));

  /** a / b; vjp: g / b, -g y / b. */
  public static final Binary DIV =
      new Binary(
          "div",
          BinaryFunction.DIV,
          (g, a, b, y) -> g.div(b),
          (g, a, b, y) -> g.mul(y).div(b).neg());

  /** The larger; vjp: to the larger, half to each at a tie, as in PyTorch. */
  public static final Binary MAX =
      new Binary(
          "maximum",
          BinaryFunction.MAX,
          (g, a, b, y) -> g.mul(share(a.gt(b), a, b)),
          (g, a, b, y) -> g.mul(share(b.gt(a), a, b)));

  /** The smaller; vjp: to the smaller, half to each at a tie, as in PyTorch. */
  public static final Binary MIN =
      new Binary(
          "minimum",
          BinaryFunction.MIN,
          (g, a, b, y) -> g.mul(share(a.lt(b), a, b)),
          (g, a, b, y) -> g.mul(share(b.lt(a), a, b)));

  /** a^b; vjp: g b a^(b-1), g y log a (0 where a is 0 and b is not negative). */
  public static final Binary POW =
      new Binary(
          "pow",
          BinaryFunction.POW,
          (g, a, b, y) -> g.mul(b.eq(0).where(b.mul(0), b.mul(a.pow(b.sub(1))))),
          (g, a, b, y) -> g.mul(a.eq(0).mul(b.ge(0)).where(y.mul(0), y.mul(a.log()))));

  /** 1 where a = b, else 0. */
  public static final Binary EQ = comparison("eq", BinaryFunction.EQ);

  /** 1 where a differs from b, else 0. */
  public static final Binary NE = comparison("ne", BinaryFunction.NE);

  /** 1 where a is less than b, else 0. */
  public static final Binary LT = comparison("lt", BinaryFunction.LT);

  /** 1 where a is at most b, else 0. */
  public static final Binary LE = comparison("le", BinaryFunction.LE);

  /** 1 where a is greater than b, else 0. */
  public static final Binary GT = comparison("gt", BinaryFunction.GT);

  /** 1 where a is at least b, else 0. */
  public static final Binary GE = comparison("ge", BinaryFunction.GE);

  /**
   * b where a is positive, else 0: relu's gradient in one pass; vjp: none, g where a is positive.
   */
  static final Binary RELU_GRAD =
      new Binary(
          "relu_grad",
          BinaryFunction.RELU_GRAD,
          (g, a, b, y) -> null,
          (g, a, b, y) -> Binary.reluGrad(a, g));

  /** All that users see. */
  public static final List<Binary> ALL =
      List.of(ADD, SUB, MUL, DIV, MAX, MIN, POW, EQ, NE, LT, LE, GT, GE);

  private final String name;
  private final BinaryFunction function;
  private final Rule left;
  private final Rule right;

  private Binary(String name, BinaryFunction function, Rule left, Rule right) {
    this.name = name;
    this.function = function;
    this.left = left;
    this.right = right;
  }

  private static Binary comparison(String name, BinaryFunction function) {
    return new Binary(name, function, null, null);
  }

  private static Tensor reluGrad(Tensor a, Tensor g) {
    return RELU_GRAD.apply(a, g);
  }

  private static Tensor share(Tensor wins, Tensor a, Tensor b) {
    return wins.add(a.eq(b).mul(0.5));
  }

  /** f(a, b), elementwise and broadcast. */
  public Tensor apply(Tensor a, Tensor b) {
    a.requireFloat(name);
    b.requireFloat(name);
    a.requireSameDevice(name, b);
    Shape shape = Shape.broadcast(name, a.shape(), b.shape());
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

  @Override
  public String name() {
    return name;
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
