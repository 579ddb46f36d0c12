package dev.teak.engine;

import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Cast;
import dev.teak.engine.op.Clip;
import dev.teak.engine.op.Ints;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Softmax;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WithScalar;

/**
 * What is computed element by element, and products of matrices: every method is one op of the
 * table, or a few.
 *
 * <p>Binary ops broadcast as in NumPy; the result has the shape that both broadcast to. They throw
 * a {@link ShapeException} where the shapes do not fit, and an {@link IllegalArgumentException}
 * where the tensors are on different devices. Functions of one tensor keep its shape.
 *
 * <p>Numbers are floats, with IEEE's infinities and NaN. Two INT32 tensors are also added,
 * subtracted and multiplied, and have a maximum and a minimum: the result is INT32, wraps beyond 32
 * bits, and has no gradient. So does one with an {@code int}. Beside floats, or a {@code double},
 * INT32 becomes float first, as in PyTorch; so it does where it is divided. All else throws a
 * {@link ShapeException} where it is given no floats; {@link #toFloat} makes them.
 */
public sealed interface TensorMath permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  // --- arithmetic ---

  /** This plus b. */
  default Tensor add(Tensor b) {
    return Binary.ADD.apply(self(), b);
  }

  /** This minus b. */
  default Tensor sub(Tensor b) {
    return Binary.SUB.apply(self(), b);
  }

  /** This times b. */
  default Tensor mul(Tensor b) {
    return Binary.MUL.apply(self(), b);
  }

  /** This divided by b, as floats: by 0 an infinity, and 0 / 0 is NaN. */
  default Tensor div(Tensor b) {
    return Binary.DIV.apply(self(), b);
  }

  /**
   * This to the power of b, as in C: 1 where b is 0 or this is 1, whatever the other; NaN where
   * this is negative and b is no whole number. This gets no gradient where b is 0, and b none where
   * this is 0 and b is not negative.
   */
  default Tensor pow(Tensor b) {
    return Binary.POW.apply(self(), b);
  }

  /** The larger; NaN if either is. At a tie each gets half of the gradient. */
  default Tensor maximum(Tensor b) {
    return Binary.MAX.apply(self(), b);
  }

  /** The smaller; NaN if either is. At a tie each gets half of the gradient. */
  default Tensor minimum(Tensor b) {
    return Binary.MIN.apply(self(), b);
  }

  /** This plus b. */
  default Tensor add(double b) {
    return WithScalar.apply(Binary.ADD, self(), b);
  }

  /** This minus b. */
  default Tensor sub(double b) {
    return WithScalar.apply(Binary.SUB, self(), b);
  }

  /** This times b. */
  default Tensor mul(double b) {
    return WithScalar.apply(Binary.MUL, self(), b);
  }

  /** This divided by b, as {@link #div(Tensor)}. */
  default Tensor div(double b) {
    return WithScalar.apply(Binary.DIV, self(), b);
  }

  /** This to the power of b, as {@link #pow(Tensor)}. */
  default Tensor pow(double b) {
    return WithScalar.apply(Binary.POW, self(), b);
  }

  /** The larger of this and b; NaN if either is. At a tie the gradient is half. */
  default Tensor maximum(double b) {
    return WithScalar.apply(Binary.MAX, self(), b);
  }

  /** The smaller of this and b; NaN if either is. At a tie the gradient is half. */
  default Tensor minimum(double b) {
    return WithScalar.apply(Binary.MIN, self(), b);
  }

  // --- arithmetic with a whole number, which leaves INT32 what it is ---

  /** This plus b, of this type. */
  default Tensor add(int b) {
    return dtype().isFloat() ? add((double) b) : Ints.apply(IntFunction.ADD, self(), b);
  }

  /** This minus b, of this type. */
  default Tensor sub(int b) {
    return dtype().isFloat() ? sub((double) b) : Ints.apply(IntFunction.SUB, self(), b);
  }

  /** This times b, of this type. */
  default Tensor mul(int b) {
    return dtype().isFloat() ? mul((double) b) : Ints.apply(IntFunction.MUL, self(), b);
  }

  /** The larger of this and b, of this type. */
  default Tensor maximum(int b) {
    return dtype().isFloat() ? maximum((double) b) : Ints.apply(IntFunction.MAX, self(), b);
  }

  /** The smaller of this and b, of this type. */
  default Tensor minimum(int b) {
    return dtype().isFloat() ? minimum((double) b) : Ints.apply(IntFunction.MIN, self(), b);
  }

  /**
   * This divided by b and rounded down, of INT32: where in a grid of b columns an index lies.
   *
   * @throws IllegalArgumentException if b is 0
   */
  default Tensor floorDivide(int b) {
    return Ints.divide(IntFunction.FLOOR_DIVIDE, self(), b);
  }

  /**
   * What is left of x after whole times b, with the sign of b, of this type.
   *
   * @throws IllegalArgumentException if this holds INT32 and b is 0
   */
  default Tensor remainder(int b) {
    return dtype().isFloat()
        ? remainder((double) b)
        : Ints.divide(IntFunction.REMAINDER, self(), b);
  }

  // --- functions ---

  /** Minus this. */
  default Tensor neg() {
    return Unary.NEG.apply(self());
  }

  /** The magnitude; the gradient at 0 is 0, and NaN at NaN. */
  default Tensor abs() {
    return Unary.ABS.apply(self());
  }

  /** -1, 0 or 1, and NaN of NaN; the gradient is 0 everywhere. */
  default Tensor sign() {
    return Unary.SIGN.apply(self());
  }

  /** This times itself. */
  default Tensor square() {
    return Unary.SQUARE.apply(self());
  }

  /** The square root: NaN below 0. The gradient at 0 is infinite. */
  default Tensor sqrt() {
    return Unary.SQRT.apply(self());
  }

  /** 1 divided by this; an infinity at 0. */
  default Tensor reciprocal() {
    return Unary.RECIPROCAL.apply(self());
  }

  /** e to the power of this. */
  default Tensor exp() {
    return Unary.EXP.apply(self());
  }

  /** e^x - 1, accurate near 0. */
  default Tensor expm1() {
    return Unary.EXPM1.apply(self());
  }

  /** The natural logarithm: -infinity at 0, NaN below. */
  default Tensor log() {
    return Unary.LOG.apply(self());
  }

  /** The sine, of radians; NaN at the infinities. */
  default Tensor sin() {
    return Unary.SIN.apply(self());
  }

  /** The cosine, of radians; NaN at the infinities. */
  default Tensor cos() {
    return Unary.COS.apply(self());
  }

  /** The hyperbolic tangent, in [-1, 1]. */
  default Tensor tanh() {
    return Unary.TANH.apply(self());
  }

  /** 1 / (1 + e^-x), in [0, 1]. */
  default Tensor sigmoid() {
    return Unary.SIGMOID.apply(self());
  }

  /** max(x, 0); the gradient at 0 is 0, and NaN stays NaN. */
  default Tensor relu() {
    return Unary.RELU.apply(self());
  }

  /** The largest whole number not above this, as a float; the gradient is 0. */
  default Tensor floor() {
    return Unary.FLOOR.apply(self());
  }

  /** The smallest whole number not below this, as a float; the gradient is 0. */
  default Tensor ceil() {
    return Unary.CEIL.apply(self());
  }

  /** The nearest whole number, ties to even, as a float; the gradient is 0. */
  default Tensor round() {
    return Unary.ROUND.apply(self());
  }

  /** log(1 + x), accurate near 0: -infinity at -1, NaN below. */
  default Tensor log1p() {
    return Unary.LOG1P.apply(self());
  }

  /** The error function, in [-1, 1]: 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
  default Tensor erf() {
    return Unary.ERF.apply(self());
  }

  /** 1 / sqrt(x): an infinity at 0, NaN below. */
  default Tensor rsqrt() {
    return sqrt().reciprocal();
  }

  /** The whole number next to x on the side of 0, as a float; the gradient is 0. */
  default Tensor trunc() {
    return self().gt(0).where(floor(), ceil());
  }

  /**
   * What is left of x after whole times b, with the sign of x, as C's: NaN where b is 0 or x is
   * infinite, and x itself where only b is infinite.
   */
  default Tensor fmod(Tensor b) {
    return Binary.FMOD.apply(self(), b);
  }

  /** As {@link #fmod(Tensor)}. */
  default Tensor fmod(double b) {
    return WithScalar.apply(Binary.FMOD, self(), b);
  }

  /**
   * What is left of x after whole times b, with the sign of b, as Python's {@code %}: NaN where b
   * is 0 or x is infinite; where only b is infinite x itself, or b if their signs differ.
   */
  default Tensor remainder(Tensor b) {
    Tensor left = fmod(b);
    Tensor otherSide = left.mul(b.sign()).lt(0);
    return left.add(Binary.MASKED_MUL.apply(otherSide, b));
  }

  /** As {@link #remainder(Tensor)}. */
  default Tensor remainder(double b) {
    return remainder(of(b));
  }

  /** x with other numbers in the place of NaN and of the infinities, which get no gradient. */
  default Tensor nanToNum(double nan, double positive, double negative) {
    Tensor x = self();
    Tensor finite = x.gt(0).where(of(positive), of(negative));
    return x.isFinite().where(x, x.isNan().where(of(nan), finite));
  }

  private Tensor of(double value) {
    return Tensor.full(self().device(), Shape.SCALAR, value);
  }

  /** x + weight (end - x): at a weight of 0 x, at 1 {@code end}; the two broadcast. */
  default Tensor lerp(Tensor end, double weight) {
    Tensor way = end.sub(self());
    return weight < 0.5 ? add(way.mul(weight)) : end.sub(way.mul(1 - weight));
  }

  /**
   * Within [low, high]; the gradient passes where it already was, bounds included. NaN stays NaN.
   * An infinite bound is none.
   *
   * @throws IllegalArgumentException unless low is at most high
   */
  default Tensor clip(double low, double high) {
    return Clip.apply(self(), low, high);
  }

  /** PyTorch's name for {@link #clip}. */
  default Tensor clamp(double low, double high) {
    return clip(low, high);
  }

  /**
   * Softmax over the last axis: e^x divided by the sum of them all, shifted so that it never
   * overflows. NaN where a row holds NaN, infinity, or nothing but -infinity.
   *
   * @throws ShapeException of a scalar, or where the axis is empty
   */
  default Tensor softmax() {
    return Softmax.apply(self(), false);
  }

  /** The logarithm of {@link #softmax()}, accurate where that is nearly 0. */
  default Tensor logSoftmax() {
    return Softmax.apply(self(), true);
  }

  /** Softmax over an axis, which has one element or more. */
  default Tensor softmax(int axis) {
    return Softmax.apply(self(), axis, false);
  }

  /** The logarithm of softmax over an axis, which has one element or more. */
  default Tensor logSoftmax(int axis) {
    return Softmax.apply(self(), axis, true);
  }

  // --- types ---

  /**
   * The elements in another type, itself where it is this one. Floats become whole numbers by being
   * cut off toward 0; NaN becomes 0, and what is beyond the type's bounds the nearest bound. No
   * gradient flows through.
   *
   * @throws IllegalArgumentException for a float type that is not the device's
   */
  default Tensor to(DType type) {
    return Cast.apply(self(), type);
  }

  /** The elements as floats of the device's working type; itself where it holds them. */
  default Tensor toFloat() {
    return Cast.apply(self(), self().device().floatType());
  }

  // --- linear algebra ---

  /**
   * The matrix product: {@code [.., m, k]} by {@code [.., k, n]} gives {@code [.., m, n]}, leading
   * axes being broadcast. A vector {@code [k]} is a row on the left and a column on the right, and
   * has no axis in the result; two vectors give a scalar. Where k is 0, zeros.
   *
   * @throws ShapeException if the inner extents differ, the leading axes do not broadcast, or one
   *     of the two is a scalar
   */
  default Tensor matmul(Tensor b) {
    return MatMul.apply(self(), b);
  }

  /**
   * The sum of products of two vectors {@code [k]}: a scalar.
   *
   * @throws ShapeException unless both are vectors of one length
   */
  default Tensor dot(Tensor b) {
    return MatMul.dot(self(), b);
  }

  /**
   * Every element of a vector {@code [m]} times every one of another {@code [n]}: {@code [m, n]}.
   *
   * @throws ShapeException unless both are vectors
   */
  default Tensor outer(Tensor b) {
    return MatMul.outer(self(), b);
  }

  /** What its elements are. */
  DType dtype();
}
