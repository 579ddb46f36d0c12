package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.BinaryFunction;

/**
 * A {@link Binary} op whose right-hand side is a plain number, so that no tensor is made for it.
 *
 * @param op the op
 * @param value the right-hand side
 */
public record WithScalar(Binary op, double value) implements Op {
  /** f(x, value), elementwise. */
  public static Tensor apply(Binary op, Tensor x, double value) {
    if (!x.dtype().isFloat()) {
      return Ints.promoted(op, x, value);
    }
    Tensor y = Tensor.allocate(x.device(), x.shape());
    x.device().binary(op.function(), x.buffer(), value, y.buffer());
    return op.isDifferentiable() ? Autograd.record(new WithScalar(op, value), y, x) : y;
  }

  @Override
  public OpInfo info() {
    return op.info();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor x = call.input(0);
    BinaryFunction f = op.function();
    return new Tensor[] {
      switch (f) {
        case ADD, SUB -> g;
        case MUL -> g.mul(value);
        case DIV -> g.div(value);
        case POW ->
            value == 0 ? Tensor.full(g.device(), g.shape(), 0) : g.mul(x.pow(value - 1)).mul(value);
        default -> op.left(g, x, Tensor.full(x.device(), Shape.SCALAR, value), call.output());
      }
    };
  }
}
