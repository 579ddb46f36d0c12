package dev.teak.engine.op;

import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.IntFunction;
import java.util.Locale;

/**
 * Whole numbers in elementwise ops, by PyTorch's rule: two of them stay whole, one beside a float
 * becomes a float. Nothing here has a gradient.
 */
public final class Ints {
  private Ints() {}

  /** f(a, b) of INT32 or UINT8 tensors as INT32, broadcast. */
  public static Tensor apply(IntFunction f, Tensor a, Tensor b) {
    String op = f.name().toLowerCase(Locale.ROOT);
    a.requireSameDevice(op, b);
    Shape shape = Shape.broadcast(op, a.shape(), b.shape());
    Tensor x = Cast.apply(a, DType.INT32).broadcastTo(shape);
    Tensor z = Cast.apply(b, DType.INT32).broadcastTo(shape);
    Tensor y = Tensor.allocate(a.device(), DType.INT32, shape);
    a.device().binary(f, x.buffer(), z.buffer(), y.buffer());
    return y;
  }

  /** As {@link #apply(IntFunction, Tensor, Tensor)}, with one number for b. */
  public static Tensor apply(IntFunction f, Tensor a, int b) {
    return apply(f, a, Tensor.full(a.device(), DType.INT32, Shape.SCALAR, b));
  }

  /** As above, for the two functions that have no value where b is 0. */
  public static Tensor divide(IntFunction f, Tensor a, int b) {
    String op = f.name().toLowerCase(Locale.ROOT);
    if (a.dtype().isFloat()) {
      throw new ShapeException(
          op + ": tensor " + a.shape() + " holds " + a.dtype() + "; expects INT32");
    }
    if (b == 0) {
      throw new IllegalArgumentException(op + ": divisor 0; expects any other whole number");
    }
    return apply(f, a, b);
  }

  /** An op of the table where a or b does not hold floats. */
  static Tensor promoted(Binary op, Tensor a, Tensor b) {
    IntFunction f = intFunction(op.function());
    if (f == null && op != Binary.DIV) {
      a.requireFloat(op.name());
      b.requireFloat(op.name());
    }
    if (f == null || a.dtype().isFloat() || b.dtype().isFloat()) {
      return op.apply(Cast.toFloat(a), Cast.toFloat(b));
    }
    Tensor y = apply(f, a, b);
    return op.isDifferentiable() ? y : Cast.toFloat(y); // comparisons give floats
  }

  /** As above, with a number that is no INT32 unless whole and compared with. */
  static Tensor promoted(Binary op, Tensor a, double b) {
    if (!op.isDifferentiable() && b == (int) b) {
      return Cast.toFloat(apply(intFunction(op.function()), a, (int) b));
    }
    if (intFunction(op.function()) == null && op != Binary.DIV) {
      a.requireFloat(op.name());
    }
    return WithScalar.apply(op, Cast.toFloat(a), b);
  }

  private static IntFunction intFunction(BinaryFunction f) {
    return switch (f) {
      case ADD -> IntFunction.ADD;
      case SUB -> IntFunction.SUB;
      case MUL -> IntFunction.MUL;
      case MAX -> IntFunction.MAX;
      case MIN -> IntFunction.MIN;
      case EQ -> IntFunction.EQ;
      case NE -> IntFunction.NE;
      case LT -> IntFunction.LT;
      case LE -> IntFunction.LE;
      case GT -> IntFunction.GT;
      case GE -> IntFunction.GE;
      default -> null;
    };
  }
}
